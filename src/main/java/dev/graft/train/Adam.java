package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's Adam on the fused kernel. Source: keras/src/optimizers/adam.py, Keras 3.15. */
public record Adam(Schedule learningRate, double beta1, double beta2, double epsilon)
    implements Optimizer {
  @Override
  public List<String> slots() {
    return List.of("m", "v");
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    Operand<TFloat32> b1 = tf.constant((float) beta1);
    Operand<TFloat32> b2 = tf.constant((float) beta2);
    return tf.train.resourceApplyAdam(
        u.variable().handle(),
        u.slot().apply("m").handle(),
        u.slot().apply("v").handle(),
        tf.math.pow(b1, u.step()),
        tf.math.pow(b2, u.step()),
        u.rate(),
        b1,
        b2,
        tf.constant((float) epsilon),
        u.gradient());
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", "adam");
    config.put("learning_rate", learningRate.config());
    config.put("beta_1", beta1);
    config.put("beta_2", beta2);
    config.put("epsilon", epsilon);
    config.put("amsgrad", false);
    return config;
  }
}
