package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;

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

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rho", rho);
    config.put("epsilon", epsilon);
    return config;
  }
}
