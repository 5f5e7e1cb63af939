package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's LeakyReLU layer: {@code max(x, 0) + negativeSlope · min(x, 0)}. */
public record LeakyReLU(double negativeSlope) implements LayerActivation.Curved {
  static LeakyReLU read(Config c) {
    return new LeakyReLU(Numbers.atLeastZero(c, "negative_slope", 0.3));
  }

  @Override
  public Operand<TFloat32> curve(Floats f, Operand<TFloat32> x) {
    return Curves.leakyRelu(f, x, negativeSlope);
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("negative_slope", negativeSlope);
  }
}
