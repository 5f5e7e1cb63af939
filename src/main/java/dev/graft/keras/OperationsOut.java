package dev.graft.keras;

import dev.graft.layers.Embedding;
import dev.graft.layers.Masking;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Operation;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Twin;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keras 3's operations in a {@code .h5}, where neither Keras finds them by name, not even Keras 3
 * its own: {@code a + b} is written as the layer Add, {@code x / 6} as Rescaling, and so on.
 */
final class OperationsOut {
  private OperationsOut() {}

  /** The same network, inside too, with layers in the place of operations as far as there are. */
  static Model layered(Model model) {
    Model inside =
        model.map(
            entry ->
                entry.layer() instanceof Nested nested
                    ? entry.with(new Nested(layered(nested.model())))
                    : entry);
    return masks(model) ? inside : replaced(inside);
  }

  /** What goes through an operation loses its mask, through a layer it keeps it. */
  private static boolean masks(Model model) {
    return model.layers().stream()
        .anyMatch(
            entry ->
                entry.layer() instanceof Masking
                    || (entry.layer() instanceof Embedding embedding
                        && Boolean.TRUE.equals(embedding.config().get("mask_zero"))));
  }

  private static Model replaced(Model model) {
    Map<Ref, Spec> specs = model.specs();
    Map<String, Twin> twins = new HashMap<>();
    Set<String> several = new HashSet<>();
    for (Use use : model.uses()) {
      if (model.layer(use.layer()).layer() instanceof Operation operation) {
        List<Spec> inputs = use.inputs().stream().map(specs::get).toList();
        Twin.of(operation, inputs, use.arguments())
            .ifPresent(
                twin -> {
                  if (twins.put(use.layer(), twin) != null) {
                    several.add(use.layer());
                  }
                });
      }
    }
    twins.keySet().removeAll(several);
    return new Model(
        model.name(),
        model.form(),
        model.layers().stream()
            .map(entry -> twins.containsKey(entry.name()) ? twin(entry, twins) : entry)
            .toList(),
        model.uses().stream()
            .map(use -> twins.containsKey(use.layer()) ? twin(use, twins) : use)
            .toList(),
        model.inputs(),
        model.outputs());
  }

  private static Model.Entry twin(Model.Entry entry, Map<String, Twin> twins) {
    return entry.with(twins.get(entry.name()).layer());
  }

  private static Use twin(Use use, Map<String, Twin> twins) {
    List<Ref> inputs =
        twins.get(use.layer()).inputs().stream().map(index -> use.inputs().get(index)).toList();
    return new Use(use.layer(), use.node(), inputs, Map.of());
  }

  /** The operations that no layer stands for, networks inside included. */
  static List<String> left(Model model) {
    List<String> names = new ArrayList<>();
    for (Model.Entry entry : layered(model).layers()) {
      if (entry.layer() instanceof Operation operation && !operation.isLayer()) {
        names.add(entry.name());
      } else if (entry.layer() instanceof Nested nested) {
        left(nested.model()).forEach(name -> names.add(entry.name() + "/" + name));
      }
    }
    return names;
  }
}
