package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.types.TBool;

/**
 * A tensor in the graph with the Keras mask that goes with it.
 *
 * @param tensor the tensor, batch first
 * @param mask true where a time step counts, of shape (batch, steps); null when there is none
 */
public record Value(Operand<?> tensor, Operand<TBool> mask) {
  /** A tensor without a mask. */
  public static Value of(Operand<?> tensor) {
    return new Value(tensor, null);
  }
}
