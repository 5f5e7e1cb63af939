package dev.graft.train;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/** Weighted means as sums that can be added up over batches: (Σ value · weight, Σ weight). */
final class Means {
  private Means() {}

  /** The pair for {@code values} (batch, …), weighted by {@code weights} (batch) or null. */
  static Operand<TFloat32> state(Ops tf, Operand<TFloat32> values, Operand<TFloat32> weights) {
    Operand<TFloat32> flat = tf.reshape(values, tf.constant(new int[] {-1}));
    Operand<TFloat32> each = tf.onesLike(flat);
    if (weights != null) {
      int rank = values.shape().numDimensions();
      long[] wide = new long[rank];
      java.util.Arrays.fill(wide, 1);
      wide[0] = -1;
      Operand<TFloat32> spread =
          tf.math.mul(tf.onesLike(values), tf.reshape(weights, tf.constant(wide)));
      each = tf.reshape(spread, tf.constant(new int[] {-1}));
    }
    return tf.stack(
        java.util.List.of(
            tf.reduceSum(tf.math.mul(flat, each), tf.constant(0)),
            tf.reduceSum(each, tf.constant(0))));
  }

  /** The mean that a summed pair stands for; 0 when nothing was counted, as in Keras. */
  static double result(double[] sum) {
    return sum[1] == 0 ? 0 : sum[0] / sum[1];
  }

  /** True and false as 1 and 0. */
  static Operand<TFloat32> asFloat(Ops tf, Operand<? extends TType> flags) {
    @SuppressWarnings("unchecked")
    Operand<org.tensorflow.types.TBool> bools = (Operand<org.tensorflow.types.TBool>) flags;
    return tf.dtypes.cast(bools, TFloat32.class);
  }
}
