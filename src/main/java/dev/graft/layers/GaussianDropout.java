package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's GaussianDropout: in training multiplies by normal numbers of mean 1 and deviation {@code
 * √(rate / (1 − rate))}.
 */
public record GaussianDropout(double rate, Integer seed) implements SameShape {
  static GaussianDropout read(Config c) {
    double rate = Numbers.share(c, "rate");
    if (rate == 1) {
      throw c.get("rate").wrong("a share below 1");
    }
    return new GaussianDropout(rate, Numbers.seed(c));
  }

  @Override
  public boolean random() {
    return rate > 0;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    if (!call.training() || rate == 0) {
      return x;
    }
    Floats f = Floats.of(call);
    double deviation = Math.sqrt(rate / (1 - rate));
    return f.mul(x, f.add(f.mul(Drops.normal(call, x, seed), deviation), 1));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rate", rate);
    config.put("seed", seed);
    return config;
  }
}
