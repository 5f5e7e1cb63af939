package dev.graft.network;

import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Slot;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of a model whose outputs stay the same through training, so that they need be computed
 * only once for each example: frozen (or without weights), and nothing random before them.
 */
public final class FrozenPart {
  private FrozenPart() {}

  /**
   * The tensors on the border: of the frozen part, needed by the rest or outputs of the model.
   * Equal to the model's inputs when nothing can be kept.
   */
  public static List<Ref> border(Model model) {
    Map<String, Model.Entry> layers = new HashMap<>();
    model.layers().forEach(entry -> layers.put(entry.name(), entry));
    Map<String, List<Slot>> slots = model.slots();
    Set<Ref> settled = new HashSet<>();
    Set<Ref> border = new LinkedHashSet<>();
    Map<Ref, Spec> all = model.specs();
    for (Use use : model.uses()) {
      if (settled.containsAll(use.inputs()) && stays(layers.get(use.layer()), slots)) {
        all.keySet().stream()
            .filter(ref -> ref.layer().equals(use.layer()) && ref.node() == use.node())
            .forEach(settled::add);
      } else {
        use.inputs().stream().filter(settled::contains).forEach(border::add);
      }
    }
    model.outputs().stream().filter(settled::contains).forEach(border::add);
    return new ArrayList<>(border);
  }

  /** True when computing anything is saved by keeping the border. */
  public static boolean worthKeeping(Model model) {
    return border(model).stream()
        .anyMatch(ref -> !(model.layer(ref.layer()).layer() instanceof InputLayer));
  }

  /** True when it has weights, so that computing it is work. */
  static boolean weighs(Model model) {
    Map<String, List<Slot>> slots = model.slots();
    return worthKeeping(model)
        && model.layers().stream()
            .anyMatch(entry -> !slots.get(entry.name()).isEmpty() && stays(entry, slots));
  }

  private static boolean stays(Model.Entry entry, Map<String, List<Slot>> slots) {
    return stays(entry, slots.get(entry.name()));
  }

  private static boolean stays(Model.Entry entry, List<Slot> slots) {
    if (entry.layer() instanceof InputLayer) {
      return true;
    }
    boolean frozen = entry.layer() instanceof Nested nested && nested.frozen();
    return !entry.layer().random() && (!entry.trainable() || frozen || slots.isEmpty());
  }
}
