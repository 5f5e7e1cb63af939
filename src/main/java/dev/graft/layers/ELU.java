package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's ELU layer: {@code x} above 0, below it {@code alpha · (eˣ − 1)}. */
public record ELU(double alpha) implements LayerActivation.Curved {
  static ELU read(Config c) {
    return new ELU(c.number("alpha", 1));
  }

  @Override
  public Operand<TFloat32> curve(Floats f, Operand<TFloat32> x) {
    return Curves.elu(f, x, alpha);
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("alpha", alpha);
  }
}
