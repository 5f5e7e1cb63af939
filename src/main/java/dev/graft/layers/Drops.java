package dev.graft.layers;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What the Dropout family shares: random masks of 0 and 1. */
final class Drops {
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
    Operand<TFloat32> draw = f.tf().random.statelessRandomUniform(shape, call.seed(seed, 0));
    return f.cast(f.tf().math.greaterEqual(draw, f.constant(rate)));
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
