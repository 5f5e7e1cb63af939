package dev.graft.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.TrainOps;

/**
 * Keras's RMSprop on the fused kernels. Source: keras/src/optimizers/rmsprop.py, Keras 3.15.
 *
 * @param centered also takes the mean gradient into account
 */
public record RmsProp(double rho, double momentum, double epsilon, boolean centered)
    implements Rule {
  private static final String SQUARES = "velocity";
  private static final String MOMENTUM = "momentum";
  private static final String MEAN = "average_gradient";

  @Override
  public String className() {
    return "RMSprop";
  }

  @Override
  public List<Slot> slots(Shape weight) {
    List<Slot> slots = new ArrayList<>();
    slots.add(Slot.zeros(SQUARES, weight, 0));
    // The kernels want one even where there is no momentum, and then write the step into it.
    slots.add(Slot.zeros(MOMENTUM, weight, momentum == 0 ? Slot.INTERNAL : 1));
    if (centered) {
      slots.add(Slot.zeros(MEAN, weight, 2));
    }
    return slots;
  }

  @Override
  public Op update(Update u) {
    TrainOps train = u.tf().train;
    if (centered) {
      return train.resourceApplyCenteredRmsProp(
          u.variable().handle(),
          u.slot(MEAN).handle(),
          u.slot(SQUARES).handle(),
          u.slot(MOMENTUM).handle(),
          u.rate(),
          u.number(rho),
          u.number(momentum),
          u.number(epsilon),
          u.gradient());
    }
    return train.resourceApplyRmsProp(
        u.variable().handle(),
        u.slot(SQUARES).handle(),
        u.slot(MOMENTUM).handle(),
        u.rate(),
        u.number(rho),
        u.number(momentum),
        u.number(epsilon),
        u.gradient());
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rho", rho);
    config.put("momentum", momentum);
    config.put("epsilon", epsilon);
    config.put("centered", centered);
    return config;
  }
}
