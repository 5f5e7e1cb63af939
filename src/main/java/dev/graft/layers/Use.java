package dev.graft.layers;

import java.util.List;
import java.util.Map;

/**
 * One use (Keras: node) of a layer in a model.
 *
 * @param layer the layer's name
 * @param node which use of that layer this is, from 0
 * @param inputs the tensors it is called on, flattened
 * @param arguments keyword arguments as plain data, an {@link Input} where a tensor stands; when
 *     the positional arguments are more than the inputs in their order, {@code args} holds all of
 *     them
 */
public record Use(String layer, int node, List<Ref> inputs, Map<String, Object> arguments) {
  /** Stands for {@code inputs.get(index)} inside {@link #arguments}. */
  public record Input(int index) {}

  /** Copies its lists. */
  public Use {
    inputs = List.copyOf(inputs);
    arguments = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(arguments));
  }

  /** The first use of {@code layer}, on these tensors. */
  public static Use of(String layer, Ref... inputs) {
    return new Use(layer, 0, List.of(inputs), Map.of());
  }
}
