package dev.graft.network;

import dev.graft.layers.Ref;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A part of a model, emitted from some tensors to others.
 *
 * @param from the tensors that are fed
 * @param feeds their placeholders, in the same order
 * @param to the tensors that come out
 * @param outputs their ops, in the same order
 * @param updates new values for state variables ({@code layer/slot}) after a training step
 * @param losses scalars that layers add to the training loss
 */
public record Path(
    List<Ref> from,
    List<Operand<?>> feeds,
    List<Ref> to,
    List<Operand<?>> outputs,
    Map<String, Operand<TFloat32>> updates,
    List<Operand<TFloat32>> losses) {
  /** Whether layers behave as in training. */
  public enum Mode {
    TRAINING,
    INFERENCE,
    /**
     * As in inference, but with random layers drawing as in training: Monte-Carlo dropout. A
     * BatchNormalization stays on its moving statistics, which Keras's {@code training=True} would
     * leave.
     */
    SAMPLING
  }

  /** Output {@code index} as float32. */
  @SuppressWarnings("unchecked")
  public Operand<TFloat32> output(int index) {
    return (Operand<TFloat32>) outputs.get(index);
  }
}
