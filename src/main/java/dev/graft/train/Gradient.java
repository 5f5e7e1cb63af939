package dev.graft.train;

import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The gradient of the loss with respect to one weight.
 *
 * <p>Keras 3 on TensorFlow keeps the gradients of an Embedding's rows apart, one for each time that
 * a row was read (an {@code IndexedSlices}). What its optimizers do to each of them, such as to
 * square it, is done before those of equal rows are added. tf_keras adds first.
 *
 * @param value the whole gradient, in the shape of the weight
 * @param squares the sum of the squared gradients of each row; null where nothing is kept apart
 * @param magnitudes the sum of their absolute values; null likewise
 */
public record Gradient(
    Operand<TFloat32> value, Operand<TFloat32> squares, Operand<TFloat32> magnitudes) {
  /** A gradient of which nothing is kept apart. */
  static Gradient whole(Operand<TFloat32> value) {
    return new Gradient(value, null, null);
  }

  /** What {@code scale}, which multiplies by one positive number, makes of it. */
  Gradient each(UnaryOperator<Operand<TFloat32>> scale) {
    return apart()
        ? new Gradient(
            scale.apply(value), scale.apply(scale.apply(squares)), scale.apply(magnitudes))
        : whole(scale.apply(value));
  }

  /** Whether rows are kept apart. */
  public boolean apart() {
    return squares != null;
  }
}
