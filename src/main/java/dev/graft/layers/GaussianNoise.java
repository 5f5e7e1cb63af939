package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's GaussianNoise: in training adds normal numbers of mean 0 and deviation {@code stddev}.
 */
public record GaussianNoise(double stddev, Integer seed) implements SameShape {
  static GaussianNoise read(Config c) {
    return new GaussianNoise(Numbers.atLeastZero(c, "stddev", 0), Numbers.seed(c));
  }

  @Override
  public boolean random() {
    return stddev > 0;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    if (!call.training() || stddev == 0) {
      return x;
    }
    Floats f = Floats.of(call);
    return f.add(x, f.mul(Drops.normal(call, x, seed), stddev));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("stddev", stddev);
    config.put("seed", seed);
    return config;
  }
}
