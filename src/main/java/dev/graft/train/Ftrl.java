package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Ftrl on the fused kernel. Source: keras/src/optimizers/ftrl.py, Keras 3.15.
 *
 * @param power {@code learning_rate_power}, at most 0
 * @param initial {@code initial_accumulator_value}
 * @param l1 strength of the L1 penalty
 * @param l2 strength of the L2 penalty
 * @param shrinkage {@code l2_shrinkage_regularization_strength}
 * @param beta added to the L2 penalty as {@code beta / (2 · rate)}
 */
public record Ftrl(
    double power, double initial, double l1, double l2, double shrinkage, double beta)
    implements Rule {
  private static final String SUM = "accumulator";
  private static final String LINEAR = "linear";

  @Override
  public List<Slot> slots(Shape weight) {
    return List.of(new Slot(SUM, weight, (float) initial, 0), Slot.zeros(LINEAR, weight, 0));
  }

  @Override
  public Op update(Update u) {
    Operand<TFloat32> penalty =
        u.tf()
            .math
            .add(
                u.number(l2),
                u.tf().math.div(u.number(beta), u.tf().math.mul(u.number(2), u.rate())));
    if (u.apart()) {
      return composed(u, penalty);
    }
    return u.tf()
        .train
        .resourceApplyFtrl(
            u.variable().handle(),
            u.slot(SUM).handle(),
            u.slot(LINEAR).handle(),
            u.gradient(),
            u.rate(),
            u.number(l1),
            penalty,
            u.number(shrinkage),
            u.number(power));
  }

  /** The fused kernel squares the gradient itself. */
  private Op composed(Update u, Operand<TFloat32> penalty) {
    Ops tf = u.tf();
    Operand<TFloat32> sum = u.slot(SUM).read();
    Operand<TFloat32> after = tf.math.add(sum, u.squares());
    Operand<TFloat32> exponent = u.number(-power);
    Operand<TFloat32> grown = tf.math.pow(after, exponent);
    Operand<TFloat32> pull =
        tf.math.mul(
            tf.math.div(tf.math.sub(grown, tf.math.pow(sum, exponent)), u.rate()), u.weight());
    Operand<TFloat32> slope =
        tf.math.add(u.gradient(), tf.math.mul(u.number(2 * shrinkage), u.weight()));
    Operand<TFloat32> linear = tf.math.add(u.slot(LINEAR).read(), tf.math.sub(slope, pull));
    Operand<TFloat32> quadratic =
        tf.math.add(tf.math.div(grown, u.rate()), tf.math.mul(u.number(2), penalty));
    Operand<TFloat32> kept = tf.clipByValue(linear, u.number(-l1), u.number(l1));
    Operand<TFloat32> weight = tf.math.div(tf.math.sub(kept, linear), quadratic);
    return u.all(u.set(SUM, after), u.set(LINEAR, linear), u.variable().assign(tf, weight));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("learning_rate_power", power);
    config.put("initial_accumulator_value", initial);
    config.put("l1_regularization_strength", l1);
    config.put("l2_regularization_strength", l2);
    config.put("l2_shrinkage_regularization_strength", shrinkage);
    config.put("beta", beta);
    return config;
  }
}
