package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/** Keras's Lion: steps by the sign alone. Source: keras/src/optimizers/lion.py, Keras 3.15. */
public record Lion(double beta1, double beta2) implements Rule {
  private static final String M = "momentum";

  @Override
  public List<Slot> slots(Shape weight) {
    return List.of(Slot.zeros(M, weight, 0));
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    return u.all(
        u.subtract(tf.math.mul(u.rate(), tf.math.sign(u.moved(M, beta1, u.gradient())))),
        u.set(M, u.moved(M, beta2, u.gradient())));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("beta_1", beta1);
    config.put("beta_2", beta2);
    return config;
  }
}
