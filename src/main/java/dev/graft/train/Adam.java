package dev.graft.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Adam and AdamW on the fused kernels. Source: keras/src/optimizers/adam.py, Keras 3.15.
 *
 * @param className {@code Adam}, or {@code AdamW}, which has a weight decay
 * @param amsgrad divides by the largest second moment so far
 */
public record Adam(String className, double beta1, double beta2, double epsilon, boolean amsgrad)
    implements Rule {
  private static final String M = "momentum";
  private static final String V = "velocity";
  private static final String LARGEST = "velocity_hat";

  @Override
  public List<Slot> slots(Shape weight) {
    List<Slot> slots = new ArrayList<>();
    slots.add(Slot.zeros(M, weight, 0));
    slots.add(Slot.zeros(V, weight, 0));
    if (amsgrad) {
      slots.add(Slot.zeros(LARGEST, weight, 1));
    }
    return slots;
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    Operand<TFloat32> b1 = u.number(beta1);
    Operand<TFloat32> b2 = u.number(beta2);
    Operand<TFloat32> power1 = tf.math.pow(b1, u.step());
    Operand<TFloat32> power2 = tf.math.pow(b2, u.step());
    if (u.apart()) {
      return composed(u, power1, power2);
    }
    if (amsgrad) {
      return tf.train.resourceApplyAdamWithAmsgrad(
          u.variable().handle(),
          u.slot(M).handle(),
          u.slot(V).handle(),
          u.slot(LARGEST).handle(),
          power1,
          power2,
          u.rate(),
          b1,
          b2,
          u.number(epsilon),
          u.gradient());
    }
    return tf.train.resourceApplyAdam(
        u.variable().handle(),
        u.slot(M).handle(),
        u.slot(V).handle(),
        power1,
        power2,
        u.rate(),
        b1,
        b2,
        u.number(epsilon),
        u.gradient());
  }

  /** The fused kernels square the gradient themselves. */
  private Op composed(Update u, Operand<TFloat32> power1, Operand<TFloat32> power2) {
    Ops tf = u.tf();
    List<Op> done = new ArrayList<>();
    Operand<TFloat32> m = u.moved(M, beta1, u.gradient());
    Operand<TFloat32> v = u.moved(V, beta2, u.squares());
    done.add(u.set(M, m));
    done.add(u.set(V, v));
    Operand<TFloat32> spread = v;
    if (amsgrad) {
      spread = tf.math.maximum(u.slot(LARGEST).read(), v);
      done.add(u.set(LARGEST, spread));
    }
    Operand<TFloat32> rate =
        tf.math.div(
            tf.math.mul(u.rate(), tf.math.sqrt(tf.math.sub(u.number(1), power2))),
            tf.math.sub(u.number(1), power1));
    Operand<TFloat32> root = tf.math.add(tf.math.sqrt(spread), u.number(epsilon));
    done.add(u.subtract(tf.math.div(tf.math.mul(m, rate), root)));
    return u.all(done.toArray(Op[]::new));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("beta_1", beta1);
    config.put("beta_2", beta2);
    config.put("epsilon", epsilon);
    config.put("amsgrad", amsgrad);
    return config;
  }
}
