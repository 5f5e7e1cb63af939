package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.train.ResourceApplyKerasMomentum;

/**
 * Keras's SGD, plain, with momentum or with Nesterov momentum. Source: keras/src/optimizers/sgd.py,
 * Keras 3.15.
 */
public record Sgd(double momentum, boolean nesterov) implements Rule {
  private static final String MOMENTUM = "momentum";

  @Override
  public String className() {
    return "SGD";
  }

  @Override
  public List<Slot> slots(Shape weight) {
    return momentum == 0 ? List.of() : List.of(Slot.zeros(MOMENTUM, weight, 0));
  }

  @Override
  public Op update(Update u) {
    if (momentum == 0) {
      return u.tf()
          .train
          .resourceApplyGradientDescent(u.variable().handle(), u.rate(), u.gradient());
    }
    return u.tf()
        .train
        .resourceApplyKerasMomentum(
            u.variable().handle(),
            u.slot(MOMENTUM).handle(),
            u.rate(),
            u.gradient(),
            u.number(momentum),
            ResourceApplyKerasMomentum.useNesterov(nesterov));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("momentum", momentum);
    config.put("nesterov", nesterov);
    return config;
  }
}
