package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's AlphaDropout: a dropout that keeps mean and variance of selu's outputs. Source:
 * keras/src/layers/regularization/alpha_dropout.py, Keras 3.15.
 */
public record AlphaDropout(double rate, List<Integer> noiseShape, Integer seed)
    implements SameShape {
  /** Selu's limit towards minus infinity. */
  private static final double LOW = -1.6732632423543772 * 1.0507009873554805;

  static AlphaDropout read(Config c) {
    double rate = Numbers.share(c, "rate");
    if (rate == 1) {
      throw c.get("rate").wrong("a share below 1");
    }
    return new AlphaDropout(rate, Dropout.noise(c), Numbers.seed(c));
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
    Operand<TFloat32> kept = Drops.kept(call, x, rate, noiseShape, seed);
    double a = 1 / Math.sqrt((1 - rate) * (1 + rate * LOW * LOW));
    Operand<TFloat32> y = f.add(f.mul(x, kept), f.mul(f.sub(1, kept), LOW));
    return f.add(f.mul(y, a), -a * LOW * rate);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rate", rate);
    config.put("seed", seed);
    config.put("noise_shape", noiseShape);
    return config;
  }
}
