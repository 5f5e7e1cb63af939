package dev.graft.train;

import dev.graft.network.Variable;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One weight about to be changed, and what its {@link Rule} may use.
 *
 * @param tf whose ops run once weight decay, if any, is done
 * @param variable the weight
 * @param weight its value, after weight decay
 * @param slope the gradient of the loss with respect to it, clipped
 * @param numbers learning rate and count of this update
 * @param slots gives the variables kept for this weight by name
 */
public record Update(
    Ops tf,
    Variable variable,
    Operand<TFloat32> weight,
    Gradient slope,
    Numbers numbers,
    Function<String, Variable> slots) {
  /**
   * Scalars of an update.
   *
   * @param rate the learning rate
   * @param step the number of this update, from 1
   */
  public record Numbers(Operand<TFloat32> rate, Operand<TFloat32> step) {}

  /** The gradient of the loss with respect to the weight, clipped. */
  public Operand<TFloat32> gradient() {
    return slope.value();
  }

  /**
   * Whether the gradients of rows are kept apart, so that {@link #squares} are not the squares of
   * {@link #gradient}: then a fused kernel, which squares by itself, does not fit.
   */
  public boolean apart() {
    return slope.apart();
  }

  /** The gradient squared; of rows that are kept apart, the sum of their squares. */
  public Operand<TFloat32> squares() {
    return slope.apart() ? slope.squares() : tf.math.square(slope.value());
  }

  /** The gradient's absolute value; of rows that are kept apart, the sum of theirs. */
  public Operand<TFloat32> magnitudes() {
    return slope.apart() ? slope.magnitudes() : tf.math.abs(slope.value());
  }

  /** The learning rate, a scalar. */
  public Operand<TFloat32> rate() {
    return numbers.rate();
  }

  /** The number of this update from 1, a scalar. */
  public Operand<TFloat32> step() {
    return numbers.step();
  }

  /** A variable kept for this weight. */
  public Variable slot(String name) {
    return slots.apply(name);
  }

  /** A constant. */
  public Operand<TFloat32> number(double value) {
    return tf.constant((float) value);
  }

  /** {@code slot · share + value · (1 − share)}: where a moving average goes. */
  public Operand<TFloat32> moved(String slot, double share, Operand<TFloat32> value) {
    return tf.math.add(
        tf.math.mul(slot(slot).read(), number(share)),
        tf.math.mul(value, tf.math.sub(number(1), number(share))));
  }

  /** An op that gives a slot a new value. */
  public Op set(String slot, Operand<TFloat32> value) {
    return slot(slot).assign(tf, value);
  }

  /** An op that takes {@code step} from the weight. */
  public Op subtract(Operand<TFloat32> step) {
    return tf.assignSubVariableOp(variable.handle(), step);
  }

  /** An op that is done when all of these are. */
  public Op all(Op... ops) {
    return tf.withControlDependencies(List.of(ops)).noOp();
  }
}
