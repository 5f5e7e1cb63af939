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
      y = f.mul(y, f.tf().reshape(call.weight("gamma"), f.tf().constant(spread)));
    }
    if (center) {
      y = f.add(y, f.tf().reshape(call.weight("beta"), f.tf().constant(spread)));
    }
    return y;
  }

  void into(Map<String, Object> config) {
    config.put("center", center);
    config.put("scale", scale);
    beta.into(config, "beta");
    gamma.into(config, "gamma");
  }
}
