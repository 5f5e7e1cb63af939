package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Lamb: Adam whose step of a weight is as long as the weight times the rate. Source:
 * keras/src/optimizers/lamb.py, Keras 3.15.
 */
public record Lamb(double beta1, double beta2, double epsilon) implements Rule {
  private static final String M = "momentum";
  private static final String V = "velocity";

  @Override
  public List<Slot> slots(Shape weight) {
    return List.of(Slot.zeros(M, weight, 0), Slot.zeros(V, weight, 0));
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    Operand<TFloat32> one = u.number(1);
    Operand<TFloat32> m = u.moved(M, beta1, u.gradient());
    Operand<TFloat32> v = u.moved(V, beta2, u.squares());
    Operand<TFloat32> power1 = tf.math.pow(u.number(beta1), u.step());
    Operand<TFloat32> power2 = tf.math.pow(u.number(beta2), u.step());
    Operand<TFloat32> root = tf.math.sqrt(tf.math.div(v, tf.math.sub(one, power2)));
    Operand<TFloat32> step =
        tf.math.div(tf.math.div(m, tf.math.sub(one, power1)), tf.math.add(root, u.number(epsilon)));
    Operand<TFloat32> ratio = ratio(tf, length(tf, u.weight()), length(tf, step));
    return u.all(
        u.set(M, m), u.set(V, v), u.subtract(tf.math.mul(tf.math.mul(ratio, u.rate()), step)));
  }

  /** The quotient, or 1 where one of the lengths is 0. */
  private static Operand<TFloat32> ratio(Ops tf, Operand<TFloat32> weight, Operand<TFloat32> step) {
    Operand<TFloat32> zero = tf.constant(0f);
    Operand<TBool> both =
        tf.math.logicalAnd(tf.math.greater(weight, zero), tf.math.greater(step, zero));
    return tf.select(both, tf.math.divNoNan(weight, step), tf.constant(1f));
  }

  private static Operand<TFloat32> length(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> flat = tf.reshape(x, tf.constant(new int[] {-1}));
    return tf.math.sqrt(tf.reduceSum(tf.math.square(flat), tf.constant(0)));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("beta_1", beta1);
    config.put("beta_2", beta2);
    config.put("epsilon", epsilon);
    return config;
  }
}
