package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's Adadelta on the fused kernel. Source: keras/src/optimizers/adadelta.py, Keras 3.15. */
public record Adadelta(double rho, double epsilon) implements Rule {
  private static final String GRADIENTS = "accumulated_grad";
  private static final String CHANGES = "accumulated_delta_var";

  @Override
  public List<Slot> slots(Shape weight) {
    return List.of(Slot.zeros(GRADIENTS, weight, 0), Slot.zeros(CHANGES, weight, 0));
  }

  @Override
  public Op update(Update u) {
    if (u.apart()) {
      return composed(u);
    }
    return u.tf()
        .train
        .resourceApplyAdadelta(
            u.variable().handle(),
            u.slot(GRADIENTS).handle(),
            u.slot(CHANGES).handle(),
            u.rate(),
            u.number(rho),
            u.number(epsilon),
            u.gradient());
  }

  /** The fused kernel squares the gradient, and the step, itself. */
  private Op composed(Update u) {
    Ops tf = u.tf();
    Operand<TFloat32> gradients = u.moved(GRADIENTS, rho, u.squares());
    Operand<TFloat32> before = tf.math.add(u.slot(CHANGES).read(), u.number(epsilon));
    Operand<TFloat32> ratio = tf.math.div(before, tf.math.add(gradients, u.number(epsilon)));
    Operand<TFloat32> changes = u.moved(CHANGES, rho, tf.math.mul(ratio, u.squares()));
    Operand<TFloat32> step = tf.math.mul(tf.math.sqrt(ratio), u.gradient());
    return u.all(
        u.set(GRADIENTS, gradients),
        u.set(CHANGES, changes),
        u.subtract(tf.math.mul(u.rate(), step)));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rho", rho);
    config.put("epsilon", epsilon);
    return config;
  }
}
