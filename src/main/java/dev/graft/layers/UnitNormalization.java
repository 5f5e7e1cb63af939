package dev.graft.layers;

import dev.graft.config.Config;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's UnitNormalization: length 1 over {@code axis}. */
public record UnitNormalization(List<Integer> axis) implements Unary {
  private static final double MOST = 1e12;

  static UnitNormalization read(Config c) {
    return new UnitNormalization(c.has("axis") ? Numbers.list(c, "axis") : List.of(-1));
  }

  @Override
  public boolean keepsMask() {
    return true;
  }

  @Override
  public Spec output(Spec input) {
    Axes.of(input, axis);
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Operand<TFloat32> squares = f.sum(f.square(x), true, Axes.of(call.specs().get(0), axis));
    return f.mul(x, f.tf().math.minimum(f.tf().math.rsqrt(squares), f.constant(MOST)));
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("axis", Numbers.single(axis));
  }
}
