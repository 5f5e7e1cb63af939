package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandomBrightness and RandomContrast: in training every picture is made brighter or
 * darker, or its colours are spread, by an amount of its own. Source:
 * keras/src/layers/preprocessing/ image_preprocessing, Keras 3.15.
 *
 * @param contrast contrast rather than brightness
 * @param factor bounds of the amount; of contrast around 1
 * @param range the values of pixels, to which results are clipped
 */
public record RandomTone(
    boolean contrast, RandomWarp.Bounds factor, List<Double> range, Integer seed) implements Unary {
  static RandomTone read(Config c, boolean contrast) {
    c.ignore("data_format");
    double[] range =
        c.has("value_range")
            ? Numbers.array(c.get("value_range")).numbers()
            : new double[] {0, 255};
    return new RandomTone(
        contrast,
        contrast ? around(c) : RandomWarp.Bounds.read(c, "factor"),
        Arrays.stream(range).boxed().toList(),
        Numbers.seed(c));
  }

  /** Contrast's two numbers are both distances from 1. */
  private static RandomWarp.Bounds around(Config c) {
    RandomWarp.Bounds given = RandomWarp.Bounds.read(c, "factor");
    return c.get("factor").isNumber() ? given : new RandomWarp.Bounds(-given.low(), given.high());
  }

  @Override
  public String className() {
    return contrast ? "RandomContrast" : "RandomBrightness";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Spec output(Spec input) {
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    if (!call.training()) {
      return x;
    }
    Floats f = Floats.of(call);
    int rank = call.specs().get(0).rank();
    Extent[] shape = new Extent[rank];
    Arrays.fill(shape, Extent.of(f.tf(), 1));
    shape[0] = Extent.all(f.tf(), x, call.specs().get(0))[0];
    Operand<TFloat32> share =
        f.tf().random.statelessRandomUniform(Extent.vector(f.tf(), shape), call.seed(seed, 0));
    Operand<TFloat32> amount = f.add(f.mul(share, factor.high() - factor.low()), factor.low());
    Operand<TFloat32> y;
    if (contrast) {
      Operand<TFloat32> mean = f.mean(x, true, rank - 3, rank - 2);
      y = f.add(f.mul(f.sub(x, mean), f.add(amount, 1)), mean);
    } else {
      y = f.add(x, f.mul(amount, range.get(1) - range.get(0)));
    }
    return f.clip(y, range.get(0), range.get(1));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("factor", contrast ? List.of(-factor.low(), factor.high()) : factor.keras());
    config.put("value_range", range);
    config.put("seed", seed);
    return config;
  }
}
