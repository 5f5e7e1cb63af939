package dev.graft.layers;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/** What the Dropout family shares: random masks of 0 and 1. */
final class Drops {
  /** Values of a byte. */
  private static final int BYTE = 256;

  private Drops() {}

  /**
   * 1 where kept, 0 where dropped.
   *
   * @param sizes of the mask, null where it takes the input's; null for all
   */
  static Operand<TFloat32> kept(
      Call call, Operand<TFloat32> x, double rate, List<Integer> sizes, Integer seed) {
    Floats f = Floats.of(call);
    Operand<TInt32> shape = f.tf().shape(x);
    if (sizes != null) {
      Spec in = call.specs().get(0);
      Extent[] own = Extent.all(f.tf(), x, in);
      for (int i = 0; i < own.length; i++) {
        own[i] = sizes.get(i) == null ? own[i] : Extent.of(f.tf(), sizes.get(i));
      }
      shape = Extent.vector(f.tf(), own);
    }
    // Nothing is learnt through it, and some of its ops have no gradient.
    return f.tf().stopGradient(f.cast(atLeast(f.tf(), call.seed(seed, 0), shape, rate)));
  }

  /** True with a chance of {@code 1 − rate}, drawn for each element of {@code shape}. */
  private static Operand<TBool> atLeast(
      Ops tf, Operand<TInt64> seed, Operand<TInt32> shape, double rate) {
    double part = rate * BYTE;
    if (part != Math.rint(part)) {
      Operand<TFloat32> draw = tf.random.statelessRandomUniform(shape, seed);
      return tf.math.greaterEqual(draw, tf.constant((float) rate));
    }
    // A byte says such a rate (0.5, 0.25) exactly, and drawing is most of the work: one number
    // that is drawn serves four elements.
    Operand<TInt32> count = tf.reduceProd(shape, tf.constant(0));
    Operand<TInt32> numbers = tf.math.floorDiv(tf.math.add(count, tf.constant(3)), tf.constant(4));
    Operand<TInt32> drawn =
        tf.random.statelessRandomUniformFullInt(
            tf.expandDims(numbers, tf.constant(0)), seed, TInt32.class);
    Operand<TUint8> bytes =
        tf.reshape(tf.bitcast(drawn, TUint8.class), tf.constant(new int[] {-1}));
    Operand<TBool> all =
        tf.math.greaterEqual(bytes, tf.dtypes.cast(tf.constant((int) part), TUint8.class));
    Operand<TBool> needed =
        tf.slice(all, tf.constant(new int[] {0}), tf.expandDims(count, tf.constant(0)));
    return tf.reshape(needed, shape);
  }

  /** Keras's dropout: zeroes a share, scales the rest up by {@code 1 / (1 − rate)}. */
  static Operand<TFloat32> drop(
      Call call, Operand<TFloat32> x, double rate, List<Integer> sizes, Integer seed) {
    if (!call.training() || rate == 0) {
      return x;
    }
    Floats f = Floats.of(call);
    return rate == 1
        ? f.tf().zerosLike(x)
        : f.mul(x, f.mul(kept(call, x, rate, sizes, seed), 1 / (1 - rate)));
  }

  /** Standard normal numbers in the shape of {@code x}. */
  static Operand<TFloat32> normal(Call call, Operand<TFloat32> x, Integer seed) {
    // The op has no gradient, not even that of its shape, which training would ask for.
    return call.tf()
        .stopGradient(
            call.tf().random.statelessRandomNormal(call.tf().shape(x), call.seed(seed, 0)));
  }

  /** A mask that is one value along the spatial dimensions. */
  static List<Integer> spatial(int rank, boolean channelsFirst) {
    Integer[] sizes = new Integer[rank + 2];
    Arrays.fill(sizes, 1);
    sizes[0] = null;
    sizes[channelsFirst ? 1 : rank + 1] = null;
    return Arrays.asList(sizes);
  }
}
