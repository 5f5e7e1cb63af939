package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's AutoContrast: every channel of a picture is spread over the whole range; always, not in
 * training alone. Source: keras/src/layers/preprocessing/image_preprocessing/auto_contrast.py,
 * Keras 3.15.
 *
 * @param range the values of pixels
 */
public record AutoContrast(List<Double> range) implements Unary {
  static AutoContrast read(Config c) {
    c.ignore("bounding_box_format", "data_format", "factor");
    return new AutoContrast(Chance.range(c));
  }

  @Override
  public Spec output(Spec input) {
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return spread(Floats.of(call), x);
  }

  /** Every channel over the whole range. */
  Operand<TFloat32> spread(Floats f, Operand<TFloat32> x) {
    double span = range.get(1) - range.get(0);
    Operand<TFloat32> pixels = f.mul(f.div(f.add(x, -range.get(0)), f.constant(span)), 255);
    Operand<TFloat32> low = f.min(pixels, true, 1, 2);
    Operand<TFloat32> distance = f.sub(f.max(pixels, true, 1, 2), low);
    Operand<TBool> flat = f.tf().math.equal(distance, f.constant(0));
    Operand<TFloat32> scale = f.div(f.constant(255), distance);
    Operand<TFloat32> spread = f.clip(f.sub(f.mul(pixels, scale), f.mul(low, scale)), 0, 255);
    Operand<TFloat32> back = f.add(f.mul(f.div(spread, f.constant(255)), span), range.get(0));
    // A channel of one value stays as it is.
    return f.where(flat, x, back);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("value_range", range);
    return config;
  }
}
