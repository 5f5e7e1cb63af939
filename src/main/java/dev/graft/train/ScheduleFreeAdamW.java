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
 * Keras's ScheduleFreeAdamW: averages of the weights in place of a falling rate. The slot {@code
 * momentum} begins as a copy of the weight. Source: keras/src/optimizers/schedule_free_adamw.py,
 * Keras 3.15.
 *
 * @param warmUp steps in which the rate grows to its full size; 0 for none
 */
public record ScheduleFreeAdamW(double beta1, double beta2, double epsilon, int warmUp)
    implements Rule {
  private static final String Z = "momentum";
  private static final String V = "velocity";

  @Override
  public List<Slot> slots(Shape weight) {
    return List.of(Slot.likeWeight(Z, weight, 0), Slot.zeros(V, weight, 0));
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    Operand<TFloat32> one = u.number(1);
    Operand<TFloat32> rate = u.rate();
    if (warmUp > 0) {
      rate = tf.math.mul(rate, tf.math.minimum(tf.math.div(u.step(), u.number(warmUp)), one));
    }
    Operand<TFloat32> v = u.moved(V, beta2, u.squares());
    Operand<TFloat32> bias = tf.math.sub(one, tf.math.pow(u.number(beta2), u.step()));
    Operand<TFloat32> size = tf.math.add(tf.math.sqrt(tf.math.div(v, bias)), u.number(epsilon));
    Operand<TFloat32> before = u.slot(Z).read();
    Operand<TFloat32> after =
        tf.math.sub(before, tf.math.div(tf.math.mul(rate, u.gradient()), size));
    Operand<TFloat32> b1 = u.number(beta1);
    Operand<TFloat32> rest = tf.math.sub(one, b1);
    // The weight lies between the average and the slot, so the average follows from both. Keras
    // reads the slot after its step here, where the paper has it before.
    Operand<TFloat32> average = tf.math.div(tf.math.sub(u.weight(), tf.math.mul(rest, after)), b1);
    Operand<TFloat32> share = tf.math.div(one, u.step());
    Operand<TFloat32> moved =
        tf.math.add(tf.math.mul(tf.math.sub(one, share), average), tf.math.mul(share, after));
    Operand<TFloat32> weight = tf.math.add(tf.math.mul(rest, after), tf.math.mul(b1, moved));
    // The old values of both are read before one of them is set.
    Ops then = tf.withControlDependencies(List.of(weight, after));
    return u.all(u.set(V, v), u.slot(Z).assign(then, after), u.variable().assign(then, weight));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("beta_1", beta1);
    config.put("beta_2", beta2);
    config.put("epsilon", epsilon);
    config.put("warmup_steps", warmUp);
    return config;
  }
}
