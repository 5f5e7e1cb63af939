package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Where a layer over pictures takes its random numbers from: each one a vector (batch).
 *
 * @param sizes of the pictures, (batch, rows, columns, channels)
 * @param seed the layer's own, or null
 * @param first how many random ops of the layer come before
 */
record Chance(Call call, Extent[] sizes, Integer seed, int first) {
  /** From where to where an amount is drawn. */
  record Bounds(double low, double high) {
    /** A number f for -f to f, or both bounds; null when {@code key} is absent. */
    static Bounds read(Config c, String key) {
      if (!c.has(key)) {
        return null;
      }
      if (c.get(key).isNumber()) {
        double most = c.number(key);
        return new Bounds(-most, most);
      }
      double[] both = Numbers.array(c.get(key)).numbers();
      if (both.length != 2) {
        throw c.get(key).wrong("a number, or a lower and an upper bound");
      }
      return new Bounds(both[0], both[1]);
    }

    /** A number f for 0 to f, or both bounds. */
    static Bounds fromZero(Config c, String key, double absent) {
      if (!c.has(key)) {
        return new Bounds(0, absent);
      }
      Bounds both = read(c, key);
      return c.get(key).isNumber() ? new Bounds(0, both.high()) : both;
    }

    List<Double> keras() {
      return List.of(low, high);
    }
  }

  Floats f() {
    return Floats.of(call);
  }

  /** Between 0 and 1, as the layer's random op {@code index}. */
  Operand<TFloat32> share(int index) {
    Operand<TInt32> batch = Extent.vector(call.tf(), sizes[0]);
    return call.tf().random.statelessRandomUniform(batch, call.seed(seed, first + index));
  }

  /** Between the bounds, the upper one excluded. */
  Operand<TFloat32> between(Bounds bounds, int index) {
    return f().add(f().mul(share(index), bounds.high() - bounds.low()), bounds.low());
  }

  /** 1 or -1. */
  Operand<TFloat32> sign(int index) {
    return f().sub(
            1, f().mul(f().cast(call.tf().math.greater(share(index), f().constant(0.5))), 2));
  }

  /** 1 with a chance that is itself drawn between the bounds, else 0. */
  Operand<TFloat32> whether(Bounds bounds, int index) {
    return f().cast(call.tf().math.less(share(index + 1), between(bounds, index)));
  }

  /** A normal number for each number of the pictures. */
  Operand<TFloat32> noise(int index) {
    return call.tf()
        .random
        .statelessRandomNormal(Extent.vector(call.tf(), sizes), call.seed(seed, first + index));
  }

  /** The size along {@code axis} as a number that can be multiplied. */
  Operand<TFloat32> size(int axis) {
    return call.tf().dtypes.cast(sizes[axis].scalar(), TFloat32.class);
  }

  /** The same source, from its random op {@code further} on. */
  Chance after(int further) {
    return new Chance(call, sizes, seed, first + further);
  }

  /** (batch, n) from n vectors. */
  Operand<TFloat32> table(List<Operand<TFloat32>> columns) {
    return call.tf().stack(columns, org.tensorflow.op.core.Stack.axis(1L));
  }

  /** Column {@code index} of what was drawn, (batch, 1, 1, 1). */
  static Operand<TFloat32> column(Floats f, Operand<TFloat32> drawn, int index) {
    return f.tf().reshape(f.at(drawn, 1, index), f.ints(-1, 1, 1, 1));
  }

  /** The setting {@code value_range}: 0 to 255 when it is absent. */
  static List<Double> range(Config c) {
    double[] range =
        c.has("value_range")
            ? Numbers.array(c.get("value_range")).numbers()
            : new double[] {0, 255};
    if (range.length != 2) {
      throw c.get("value_range").wrong("two numbers");
    }
    return Arrays.stream(range).boxed().toList();
  }
}
