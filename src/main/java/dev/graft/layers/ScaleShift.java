package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The learned factor gamma and shift beta that normalisations end with. */
public record ScaleShift(boolean center, boolean scale, WeightSettings beta, WeightSettings gamma) {
  static ScaleShift read(Config c) {
    return new ScaleShift(
        c.flag("center", true),
        c.flag("scale", true),
        WeightSettings.read(c, "beta", "zeros"),
        WeightSettings.read(c, "gamma", "ones"));
  }

  List<Slot> slots(long... shape) {
    List<Slot> slots = new ArrayList<>();
    if (scale) {
      slots.add(gamma.slot("gamma", shape));
    }
    if (center) {
      slots.add(beta.slot("beta", shape));
    }
    return slots;
  }

  /** {@code x · gamma + beta}, both in the shape {@code spread}. */
  Operand<TFloat32> apply(Call call, Operand<TFloat32> x, long... spread) {
    Floats f = Floats.of(call);
    Operand<TFloat32> y = x;
    if (scale) {
      y = f.mul(y, spread(call, f, "gamma", spread));
    }
    if (center) {
      y = f.add(y, spread(call, f, "beta", spread));
    }
    return y;
  }

  /**
   * Along the last axis a vector spreads by itself. It must: TensorFlow fuses the ops of a layer
   * normalisation into one on some processors, and that one takes vectors only.
   */
  private static Operand<TFloat32> spread(Call call, Floats f, String name, long... spread) {
    for (int i = 0; i < spread.length - 1; i++) {
      if (spread[i] != 1) {
        return f.tf().reshape(call.weight(name), f.tf().constant(spread));
      }
    }
    return call.weight(name);
  }

  void into(Map<String, Object> config) {
    config.put("center", center);
    config.put("scale", scale);
    beta.into(config, "beta");
    gamma.into(config, "gamma");
  }
}
