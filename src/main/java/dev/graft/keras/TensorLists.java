package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.layers.Ref;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code input_layers} and {@code output_layers}: one {@code [layer, node, tensor]}, or lists
 * and objects of them, as the network was called. An object's values come in the order of its keys,
 * as Keras flattens it.
 */
final class TensorLists {
  private TensorLists() {}

  static List<Ref> refs(Config value) {
    List<Ref> refs = new ArrayList<>();
    add(value, refs);
    if (refs.isEmpty()) {
      throw value.wrong("at least one [layer, node, tensor]");
    }
    return refs;
  }

  private static void add(Config value, List<Ref> refs) {
    if (value.isObject()) {
      value.keys().stream().sorted().forEach(key -> add(value.get(key), refs));
      return;
    }
    List<Config> items = value.items();
    if (items.size() == 3 && items.get(0).isString()) {
      int node = items.get(1).integer();
      int tensor = items.get(2).integer();
      if (node < 0 || tensor < 0) {
        throw value.wrong("[layer, node, tensor]");
      }
      refs.add(new Ref(items.get(0).string(), node, tensor));
    } else {
      items.forEach(item -> add(item, refs));
    }
  }
}
