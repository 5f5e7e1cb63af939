package dev.graft.train;

import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Numbers between the last activation and a loss. */
final class Logits {
  /** Keras's {@code backend.epsilon()}. */
  static final float EPSILON = 1e-7f;

  private static final Set<String> ACTIVATIONS = Set.of("Softmax", "Sigmoid");

  private Logits() {}

  /**
   * What the loss is taken of in place of probabilities: the input of the softmax or sigmoid op
   * that {@code output} comes out of, as Keras on TensorFlow does even where {@code from_logits} is
   * set; else {@code output} itself where it is said to be logits; else null. Keras does not ask
   * which of the two ops it was: the categorical loss of a sigmoid is that of a softmax of the same
   * logits.
   */
  @SuppressWarnings("unchecked")
  static Operand<TFloat32> of(Operand<TFloat32> output, boolean fromLogits) {
    if (output.op() instanceof GraphOperation op && ACTIVATIONS.contains(op.type())) {
      return (Output<TFloat32>) op.input(0);
    }
    return fromLogits ? output : null;
  }

  /** {@code p}, held off 0 and 1. */
  static Operand<TFloat32> clip(Ops tf, Operand<TFloat32> p) {
    return tf.clipByValue(p, tf.constant(EPSILON), tf.constant(1 - EPSILON));
  }
}
