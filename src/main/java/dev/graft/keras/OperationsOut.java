package dev.graft.keras;

import dev.graft.layers.Counterpart;
import dev.graft.layers.Embedding;
import dev.graft.layers.Layer;
import dev.graft.layers.Masking;
import dev.graft.layers.Model;
import dev.graft.layers.Operation;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Twin;
import dev.graft.layers.Use;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Functions used as layers, said so that the Keras that is going to read the file finds them.
 *
 * <p>In a {@code .h5} neither Keras finds Keras 3's operations by name, not even Keras 3 its own:
 * {@code a + b} is written as the layer Add, {@code x / 6} as Rescaling, and so on. In a {@code
 * .keras} Keras 3 does not find tf_keras's TFOpLambda: there it is written as Keras 3's operation.
 */
final class OperationsOut {
  private OperationsOut() {}

  /** What stands in the place of one use of a function. */
  private record Instead(Layer layer, List<Integer> inputs, Map<String, Object> arguments) {
    Use of(Use use) {
      List<Ref> given = inputs.stream().map(index -> use.inputs().get(index)).toList();
      return new Use(use.layer(), use.node(), given, arguments);
    }
  }

  /** Finds what may stand in the place of a function. */
  private interface Choice {
    Optional<Instead> of(Operation operation, List<Spec> inputs, Map<String, Object> arguments);
  }

  /** The same network, inside too, with layers in the place of operations as far as there are. */
  static Model layered(Model model) {
    Model inside = NamedMasks.leftOut(model.map(entry -> entry.inside(OperationsOut::layered)));
    return masks(model)
        ? inside
        : replaced(
            inside,
            (operation, inputs, arguments) ->
                Twin.of(operation, inputs, arguments)
                    .map(twin -> new Instead(twin.layer(), twin.inputs(), Map.of())));
  }

  /** The same network, inside too, with Keras 3's operations in the place of tf_keras's. */
  static Model newer(Model model) {
    return replaced(
        model.map(entry -> entry.inside(OperationsOut::newer)),
        (operation, inputs, arguments) ->
            Counterpart.of(operation, inputs, arguments)
                .map(
                    found ->
                        new Instead(
                            found.layer(),
                            IntStream.range(0, inputs.size()).boxed().toList(),
                            found.arguments())));
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

  private static Model replaced(Model model, Choice choice) {
    Map<Ref, Spec> specs = model.specs();
    Map<String, Instead> found = new HashMap<>();
    Set<String> several = new HashSet<>();
    for (Use use : model.uses()) {
      if (model.layer(use.layer()).layer() instanceof Operation operation) {
        List<Spec> inputs = use.inputs().stream().map(specs::get).toList();
        choice
            .of(operation, inputs, use.arguments())
            .ifPresent(
                instead -> {
                  if (found.put(use.layer(), instead) != null) {
                    several.add(use.layer());
                  }
                });
      }
    }
    found.keySet().removeAll(several);
    return new Model(
        model.name(),
        model.form(),
        model.layers().stream()
            .map(
                entry ->
                    found.containsKey(entry.name())
                        ? entry.with(found.get(entry.name()).layer())
                        : entry)
            .toList(),
        model.uses().stream()
            .map(use -> found.containsKey(use.layer()) ? found.get(use.layer()).of(use) : use)
            .toList(),
        model.inputs(),
        model.outputs());
  }

  /** The operations that no layer stands for, networks inside included. */
  static List<String> left(Model model) {
    return layered(model)
        .everyLayer()
        .filter(place -> place.entry().layer() instanceof Operation node && !node.isLayer())
        .map(Model.Place::path)
        .toList();
  }
}
