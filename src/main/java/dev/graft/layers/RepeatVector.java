package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's RepeatVector: (batch, features) to (batch, n, features). */
public record RepeatVector(int n) implements Unary {
  static RepeatVector read(Config c) {
    int n = c.integer("n");
    if (n < 1) {
      throw c.get("n").wrong("a whole number of at least 1");
    }
    return new RepeatVector(n);
  }

  @Override
  public Spec output(Spec input) {
    if (input.rank() != 2) {
      throw new ShapeException("RepeatVector: expected (batch, features), came " + input + ".");
    }
    return input.with(input.size(0), n, input.size(1));
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    return f.tf().tile(f.expand(x, 1), f.ints(1, n, 1));
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("n", n);
  }
}
