package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's ActivityRegularization: adds a penalty of its input to the loss. */
public record ActivityRegularization(double l1, double l2) implements SameShape {
  static ActivityRegularization read(Config c) {
    return new ActivityRegularization(c.number("l1", 0), c.number("l2", 0));
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Regularizers.activity(call, new Regularizers.Penalty("L1L2", l1, l2), x);
    return x;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("l1", l1);
    config.put("l2", l2);
    return config;
  }
}
