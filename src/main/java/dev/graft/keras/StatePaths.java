package dev.graft.keras;

import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import java.util.List;
import java.util.Map;

/**
 * Finds the tensor {@code vars/0}, {@code cell/vars/1}, … for each weight of a layer in a file that
 * names groups after classes.
 */
final class StatePaths {
  private StatePaths() {}

  /** The stored tensor for each variable's name; null when their numbers differ. */
  static Map<String, StoredTensor> pairs(
      Layer layer, List<Model.Variable> variables, StoredLayer stored) {
    if (variables.size() != stored.tensors().size()) {
      return null;
    }
    return SlotPairs.ordered(variables, stored.tensors(), v -> v.slot().trainable());
  }
}
