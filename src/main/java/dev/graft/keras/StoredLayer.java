package dev.graft.keras;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The tensors a file keeps for one layer.
 *
 * @param name the layer's name; null where the file numbers its layers by class and does not say
 * @param key the group that holds them: the name, or Keras 3's {@code conv2d_1}
 * @param tensors in the order the file gives, which is that of Keras's {@code layer.weights} with
 *     the trainable ones first
 */
public record StoredLayer(String name, String key, List<StoredTensor> tensors) {
  /** Copies its list. */
  public StoredLayer {
    tensors = List.copyOf(tensors);
  }

  /** What people call the layer. */
  public String label() {
    return name == null ? key : name;
  }

  /** This layer with the tensors that {@code other}, a part of the same layer, has. */
  StoredLayer and(StoredLayer other) {
    List<StoredTensor> all = new ArrayList<>(tensors);
    all.addAll(other.tensors);
    all.sort(Comparator.comparing(StoredTensor::name, NaturalOrder.INSTANCE));
    return new StoredLayer(name == null ? other.name : name, key, all);
  }

  /** This layer with other tensors. */
  StoredLayer with(List<StoredTensor> others) {
    return new StoredLayer(name, key, others);
  }
}
