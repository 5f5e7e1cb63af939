package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RMSNormalization: {@code x · scale / √(mean(x²) + epsilon)} over {@code axis}, with a
 * learned {@code scale}. Source: keras/src/layers/normalization/rms_normalization.py, Keras 3.15.
 */
public record RMSNormalization(List<Integer> axis, double epsilon) implements Unary {
  static RMSNormalization read(Config c) {
    return new RMSNormalization(
        c.has("axis") ? Numbers.list(c, "axis") : List.of(-1), c.number("epsilon", 1e-6));
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    long[] shape = Axes.sizes(inputs.get(0), axis, "RMSNormalization");
    return List.of(Slot.of("scale", Initializers.ones(), shape));
  }

  @Override
  public Spec output(Spec input) {
    Axes.of(input, axis);
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Operand<TFloat32> squares = f.mean(f.square(x), true, Axes.of(call.specs().get(0), axis));
    Operand<TFloat32> inverse = f.tf().math.rsqrt(f.add(squares, epsilon));
    return f.mul(f.mul(x, inverse), call.weight("scale"));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("axis", Numbers.single(axis));
    config.put("epsilon", epsilon);
    return config;
  }
}
