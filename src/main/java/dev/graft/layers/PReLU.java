package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's PReLU: {@code max(x, 0) − alpha · max(−x, 0)} with a learned {@code alpha} of the shape
 * of one example, 1 along {@code sharedAxes} (from 1).
 */
public record PReLU(List<Integer> sharedAxes, WeightSettings alpha) implements SameShape {
  static PReLU read(Config c) {
    return new PReLU(
        c.has("shared_axes") ? Numbers.list(c, "shared_axes") : null,
        WeightSettings.read(c, "alpha", "zeros"));
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    Spec in = inputs.get(0);
    long[] shape = new long[in.rank() - 1];
    for (int i = 0; i < shape.length; i++) {
      boolean shared = sharedAxes != null && sharedAxes.contains(i + 1);
      shape[i] = shared ? 1 : in.known(i + 1, "PReLU");
    }
    return List.of(alpha.slot("alpha", shape));
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Operand<TFloat32> low = f.tf().nn.relu(f.tf().math.neg(x));
    return f.sub(f.tf().nn.relu(x), f.mul(call.weight("alpha"), low));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    alpha.into(config, "alpha");
    config.put("shared_axes", sharedAxes);
    return config;
  }
}
