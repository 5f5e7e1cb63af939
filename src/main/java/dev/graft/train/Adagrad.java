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
 * Keras's Adagrad. Source: keras/src/optimizers/adagrad.py, Keras 3.15. The fused kernel adds
 * epsilon outside the root; so did older Kerases.
 *
 * @param initial what the sum of squares starts with ({@code initial_accumulator_value})
 * @param outside epsilon is added to the root, as in tf_keras/src/optimizers/legacy, not under it
 */
public record Adagrad(double initial, double epsilon, boolean outside) implements Rule {
  private static final String SUM = "accumulator";

  @Override
  public List<Slot> slots(Shape weight) {
    return List.of(new Slot(SUM, weight, (float) initial, 0));
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    if (outside) {
      // Of Keras 2 alone, which keeps no rows apart.
      return tf.train.resourceApplyAdagrad(
          u.variable().handle(), u.slot(SUM).handle(), u.rate(), u.number(epsilon), u.gradient());
    }
    Operand<TFloat32> sum = tf.math.add(u.slot(SUM).read(), u.squares());
    return u.all(
        u.set(SUM, sum),
        u.subtract(
            tf.math.div(
                tf.math.mul(u.rate(), u.gradient()),
                tf.math.sqrt(tf.math.add(sum, u.number(epsilon))))));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("initial_accumulator_value", initial);
    config.put("epsilon", epsilon);
    return config;
  }
}
