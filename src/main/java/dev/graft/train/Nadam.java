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
 * Keras's Nadam: Adam with Nesterov momentum, whose share grows with the steps. Source:
 * keras/src/optimizers/nadam.py, Keras 3.15, and tf_keras/src/optimizers/legacy/nadam.py, 2.18.
 *
 * @param growth how fast that share grows: 1, or the {@code schedule_decay} of older Kerases, which
 *     was 0.004
 */
public record Nadam(double beta1, double beta2, double epsilon, double growth) implements Rule {
  private static final String M = "momentum";
  private static final String V = "velocity";

  /** The product of all shares so far; Keras keeps one, here each weight has its own. */
  private static final String PRODUCT = "u_product";

  @Override
  public List<Slot> slots(Shape weight) {
    return List.of(
        Slot.zeros(M, weight, 0),
        Slot.zeros(V, weight, 0),
        new Slot(PRODUCT, Shape.scalar(), 1, Slot.SHARED));
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    Operand<TFloat32> one = u.number(1);
    Operand<TFloat32> g = u.gradient();
    Operand<TFloat32> now = share(u, u.step());
    Operand<TFloat32> next = share(u, tf.math.add(u.step(), one));
    Operand<TFloat32> product = tf.math.mul(u.slot(PRODUCT).read(), now);
    Operand<TFloat32> m = u.moved(M, beta1, g);
    Operand<TFloat32> v = u.moved(V, beta2, u.squares());
    Operand<TFloat32> ahead =
        tf.math.add(
            tf.math.div(tf.math.mul(next, m), tf.math.sub(one, tf.math.mul(product, next))),
            tf.math.div(tf.math.mul(tf.math.sub(one, now), g), tf.math.sub(one, product)));
    Operand<TFloat32> corrected =
        tf.math.div(v, tf.math.sub(one, tf.math.pow(u.number(beta2), u.step())));
    return u.all(
        u.set(PRODUCT, product),
        u.set(M, m),
        u.set(V, v),
        u.subtract(
            tf.math.div(
                tf.math.mul(ahead, u.rate()),
                tf.math.add(tf.math.sqrt(corrected), u.number(epsilon)))));
  }

  /** {@code beta_1 · (1 − 0.5 · 0.96^(growth · step))}. */
  private Operand<TFloat32> share(Update u, Operand<TFloat32> step) {
    Ops tf = u.tf();
    Operand<TFloat32> fading =
        tf.math.mul(
            u.number(0.5), tf.math.pow(u.number(0.96), tf.math.mul(u.number(growth), step)));
    return tf.math.mul(u.number(beta1), tf.math.sub(u.number(1), fading));
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
