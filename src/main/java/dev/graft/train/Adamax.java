package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;

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

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("beta_1", beta1);
    config.put("beta_2", beta2);
    config.put("epsilon", epsilon);
    return config;
  }
}
