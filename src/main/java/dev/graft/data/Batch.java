package dev.graft.data;

import java.util.List;
import org.tensorflow.Tensor;

/**
 * Some examples as native tensors. Closing it frees them.
 *
 * @param rows which examples, in order
 * @param inputs one tensor an input, batch first
 * @param targets one tensor a target, batch first; float32 of shape (batch, classes) for one-hot
 *     labels, (batch, 1) for binary, regression and sparse labels
 */
public record Batch(int[] rows, List<Tensor> inputs, List<Tensor> targets)
    implements AutoCloseable {
  /** How many examples. */
  public int size() {
    return rows.length;
  }

  @Override
  public void close() {
    inputs.forEach(Tensor::close);
    targets.forEach(Tensor::close);
  }
}
