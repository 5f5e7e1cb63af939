package dev.graft.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.TrainOps;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RMSprop on the fused kernels. Source: keras/src/optimizers/rmsprop.py, Keras 3.15.
 *
 * @param centered also takes the mean gradient into account
 * @param outside epsilon is added to the root where there is no momentum, as in
 *     tf_keras/src/optimizers/legacy, not under it
 */
public record RmsProp(
    double rho, double momentum, double epsilon, boolean centered, boolean outside)
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
    if (u.apart() || (outside && momentum == 0)) {
      return composed(u);
    }
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

  /** The fused kernels only know epsilon under the root, and square the gradient themselves. */
  private Op composed(Update u) {
    Ops tf = u.tf();
    List<Op> done = new ArrayList<>();
    Operand<TFloat32> squares = u.moved(SQUARES, rho, u.squares());
    done.add(u.set(SQUARES, squares));
    Operand<TFloat32> spread = squares;
    if (centered) {
      Operand<TFloat32> mean = u.moved(MEAN, rho, u.gradient());
      done.add(u.set(MEAN, mean));
      spread = tf.math.sub(squares, tf.math.square(mean));
    }
    Operand<TFloat32> root =
        outside && momentum == 0
            ? tf.math.add(tf.math.sqrt(spread), u.number(epsilon))
            : tf.math.sqrt(tf.math.add(spread, u.number(epsilon)));
    Operand<TFloat32> step = tf.math.div(tf.math.mul(u.rate(), u.gradient()), root);
    if (momentum != 0) {
      step = tf.math.add(tf.math.mul(u.slot(MOMENTUM).read(), u.number(momentum)), step);
      done.add(u.set(MOMENTUM, step));
    }
    done.add(u.subtract(step));
    return u.all(done.toArray(Op[]::new));
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
