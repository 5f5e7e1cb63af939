package dev.graft.layers;

import java.util.List;
import java.util.Map;

/** A layer whose output shapes and weights depend on the keyword arguments of a use as well. */
public interface ArgumentShaped extends Layer {
  /** As {@link Layer#outputs(List)}, with the {@link Use#arguments} of the use. */
  List<Spec> outputs(List<Spec> inputs, Map<String, Object> arguments);

  @Override
  default List<Spec> outputs(List<Spec> inputs) {
    return outputs(inputs, Map.of());
  }

  /** As {@link Layer#slots(List)}, with the {@link Use#arguments} of the first use. */
  default List<Slot> slots(List<Spec> inputs, Map<String, Object> arguments) {
    return slots(inputs);
  }
}
