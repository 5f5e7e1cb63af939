package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.random.StatelessRandomGetKeyCounter;
import org.tensorflow.types.TBool;
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
  /** TensorFlow's number for the only generator that all devices have. */
  private static final int PHILOX = 1;

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
    return normal(index, sizes);
  }

  /** Normal numbers of the shape {@code over}. */
  Operand<TFloat32> normal(int index, Extent... over) {
    return call.tf()
        .stopGradient(
            call.tf()
                .random
                .statelessRandomNormal(
                    Extent.vector(call.tf(), over), call.seed(seed, first + index)));
  }

  /**
   * Numbers from a Gamma distribution, never 0: (batch), or another {@code shape}.
   *
   * @param alpha a scalar
   */
  Operand<TFloat32> gamma(Operand<TFloat32> alpha, int index, Operand<TInt32> shape) {
    Ops tf = call.tf();
    StatelessRandomGetKeyCounter key =
        tf.random.statelessRandomGetKeyCounter(call.seed(seed, first + index));
    Operand<TFloat32> drawn =
        tf.random.statelessRandomGamma(
            shape, key.key(), key.counter(), tf.constant(PHILOX), tf.broadcastTo(alpha, shape));
    return tf.stopGradient(tf.math.maximum(drawn, f().constant(Float.MIN_NORMAL)));
  }

  /** Numbers from the Beta distribution both of whose parameters are {@code alpha}: (batch). */
  Operand<TFloat32> beta(Operand<TFloat32> alpha, int index) {
    Operand<TInt32> batch = Extent.vector(call.tf(), sizes[0]);
    Operand<TFloat32> one = gamma(alpha, index, batch);
    return f().div(one, f().add(one, gamma(alpha, index + 1, batch)));
  }

  /** A whole number below {@code count}, one for the batch: a scalar. */
  Operand<TFloat32> oneOf(int count, int index) {
    return call.tf().math.floor(f().mul(f().at(share(index), 0, 0), count));
  }

  /** For a layer that draws nothing: a column of zeros. */
  Operand<TFloat32> nothing() {
    return call.tf()
        .zeros(Extent.vector(call.tf(), sizes[0], Extent.of(call.tf(), 1)), TFloat32.class);
  }

  /** The numbers of the batch's pictures in random order. */
  Operand<TFloat32> partners(int index) {
    Ops tf = call.tf();
    Operand<TInt32> order = tf.nn.topK(share(index), sizes[0].scalar(), TInt32.class).indices();
    return tf.dtypes.cast(order, TFloat32.class);
  }

  /** The size along {@code axis} as a number that can be multiplied. */
  Operand<TFloat32> size(int axis) {
    return call.tf().dtypes.cast(sizes[axis].scalar(), TFloat32.class);
  }

  /** The same source, from its random op {@code further} on. */
  Chance after(int further) {
    return new Chance(call, sizes, seed, first + further);
  }

  /** (batch, n) from n vectors. Their sizes lead back to the pictures, but no gradient does. */
  Operand<TFloat32> table(List<Operand<TFloat32>> columns) {
    return call.tf().stopGradient(call.tf().stack(columns, org.tensorflow.op.core.Stack.axis(1L)));
  }

  /** Column {@code index} of what was drawn, (batch, 1, 1, 1). */
  static Operand<TFloat32> column(Floats f, Operand<TFloat32> drawn, int index) {
    return f.tf().reshape(f.at(drawn, 1, index), f.ints(-1, 1, 1, 1));
  }

  /** The pictures of {@code x} with these numbers. */
  static Operand<TFloat32> picked(Floats f, Operand<TFloat32> x, Operand<TFloat32> numbers) {
    return f.tf().gather(x, f.tf().dtypes.cast(numbers, TInt32.class), f.tf().constant(0));
  }

  /** Which places lie in the picture's rectangle: columns left, right, top and bottom of drawn. */
  static Operand<TBool> inside(Floats f, Operand<TFloat32> x, Operand<TFloat32> drawn) {
    return f.tf()
        .math
        .logicalAnd(
            within(f, x, 2, column(f, drawn, 0), column(f, drawn, 1)),
            within(f, x, 1, column(f, drawn, 2), column(f, drawn, 3)));
  }

  /** Which places along {@code axis} lie between the two. */
  private static Operand<TBool> within(
      Floats f, Operand<TFloat32> x, int axis, Operand<TFloat32> from, Operand<TFloat32> to) {
    Ops tf = f.tf();
    Operand<TInt32> size = tf.gather(tf.shape(x), tf.constant(axis), tf.constant(0));
    Operand<TInt32> places = tf.range(tf.constant(0), size, tf.constant(1));
    Operand<TFloat32> along = f.along(tf.dtypes.cast(places, TFloat32.class), axis, 4);
    return tf.math.logicalAnd(tf.math.greaterEqual(along, from), tf.math.less(along, to));
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
