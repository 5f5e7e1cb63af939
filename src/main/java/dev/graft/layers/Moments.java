package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** Mean and population variance over some axes, which go away. */
record Moments(Operand<TFloat32> mean, Operand<TFloat32> variance) {
  private static final double EPSILON = 1e-7;

  /**
   * Of {@code x}; what {@code mask} (which has one dimension less, or is null) hides is left out.
   * Source: keras/src/layers/normalization/batch_normalization.py, {@code _moments}.
   */
  static Moments of(Floats f, Operand<TFloat32> x, Operand<TBool> mask, int... axes) {
    if (mask == null) {
      return new Moments(f.mean(x, false, axes), f.variance(x, f.mean(x, true, axes), false, axes));
    }
    Operand<TFloat32> weights = f.mul(f.add(f.tf().zerosLike(x), 1), f.expand(f.cast(mask), -1));
    Operand<TFloat32> count = f.add(f.sum(weights, true, axes), EPSILON);
    Operand<TFloat32> mean = f.div(f.sum(f.mul(x, weights), true, axes), count);
    Operand<TFloat32> distance = f.mul(f.sub(x, mean), weights);
    Operand<TFloat32> variance = f.div(f.sum(f.square(distance), true, axes), count);
    int[] flat = {-1};
    return new Moments(f.tf().reshape(mean, f.ints(flat)), f.tf().reshape(variance, f.ints(flat)));
  }
}
