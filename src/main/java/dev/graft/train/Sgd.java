package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyKerasMomentum;

/**
 * Keras's SGD, plain, with momentum or with Nesterov momentum. Source: keras/src/optimizers/sgd.py,
 * Keras 3.15.
 */
public record Sgd(Schedule learningRate, double momentum, boolean nesterov) implements Optimizer {
  @Override
  public String className() {
    return "SGD";
  }

  @Override
  public List<String> slots() {
    return momentum == 0 ? List.of() : List.of("momentum");
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    if (momentum == 0) {
      return tf.train.resourceApplyGradientDescent(u.variable().handle(), u.rate(), u.gradient());
    }
    return tf.train.resourceApplyKerasMomentum(
        u.variable().handle(),
        u.slot().apply("momentum").handle(),
        u.rate(),
        u.gradient(),
        tf.constant((float) momentum),
        ResourceApplyKerasMomentum.useNesterov(nesterov));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", "SGD");
    config.put("learning_rate", learningRate.config());
    config.put("momentum", momentum);
    config.put("nesterov", nesterov);
    return config;
  }
}
