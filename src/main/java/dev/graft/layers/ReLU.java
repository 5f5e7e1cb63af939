package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's ReLU layer: {@code x} above the threshold (at most {@code maxValue}), below it {@code
 * negativeSlope · (x − threshold)}. Source: keras/src/activations/activations.py, Keras 3.15.
 *
 * @param maxValue or null
 */
public record ReLU(Double maxValue, double negativeSlope, double threshold)
    implements LayerActivation.Curved {
  static ReLU read(Config c) {
    return new ReLU(
        c.has("max_value") ? Numbers.atLeastZero(c, "max_value", 0) : null,
        Numbers.atLeastZero(c, "negative_slope", 0),
        Numbers.atLeastZero(c, "threshold", 0));
  }

  @Override
  public Operand<TFloat32> curve(Floats f, Operand<TFloat32> x) {
    if (negativeSlope != 0 && maxValue == null && threshold == 0) {
      return Curves.leakyRelu(f, x, negativeSlope);
    }
    Operand<TFloat32> y;
    if (threshold != 0) {
      y = Curves.threshold(f, x, threshold, 0);
    } else if (maxValue != null && maxValue == 6) {
      y = f.tf().nn.relu6(x);
    } else {
      y = f.tf().nn.relu(x);
    }
    if (maxValue != null && (threshold != 0 || maxValue != 6)) {
      y = f.clip(y, 0, maxValue);
    }
    if (negativeSlope != 0) {
      y = f.sub(y, f.mul(f.tf().nn.relu(f.sub(threshold, x)), negativeSlope));
    }
    return y;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("max_value", maxValue);
    config.put("negative_slope", negativeSlope);
    config.put("threshold", threshold);
    return config;
  }
}
