package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's Adamax on the fused kernel. Source: keras/src/optimizers/adamax.py, Keras 3.15. */
public record Adamax(double beta1, double beta2, double epsilon) implements Rule {
  private static final String M = "momentum";
  private static final String NORM = "norm";

  @Override
  public List<Slot> slots(Shape weight) {
    return List.of(Slot.zeros(M, weight, 0), Slot.zeros(NORM, weight, 0));
  }

  @Override
  public Op update(Update u) {
    if (u.apart()) {
      return composed(u);
    }
    return u.tf()
        .train
        .resourceApplyAdaMax(
            u.variable().handle(),
            u.slot(M).handle(),
            u.slot(NORM).handle(),
            u.tf().math.pow(u.number(beta1), u.step()),
            u.rate(),
            u.number(beta1),
            u.number(beta2),
            u.number(epsilon),
            u.gradient());
  }

  /** The fused kernel takes the gradient's absolute value itself. */
  private Op composed(Update u) {
    Ops tf = u.tf();
    Operand<TFloat32> m = u.moved(M, beta1, u.gradient());
    Operand<TFloat32> norm =
        tf.math.maximum(tf.math.mul(u.number(beta2), u.slot(NORM).read()), u.magnitudes());
    Operand<TFloat32> rate =
        tf.math.div(u.rate(), tf.math.sub(u.number(1), tf.math.pow(u.number(beta1), u.step())));
    return u.all(
        u.set(M, m),
        u.set(NORM, norm),
        u.subtract(tf.math.div(tf.math.mul(rate, m), tf.math.add(norm, u.number(epsilon)))));
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
