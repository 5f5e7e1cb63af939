package dev.graft.train;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Weighted means as sums that can be added up over batches: (Σ value · weight, Σ weight). */
final class Means {
  private Means() {}

  /**
   * The pair for {@code values} (batch, …), weighted by {@code weights} (batch, …) of as many
   * dimensions or fewer, or by null.
   */
  static Operand<TFloat32> state(Ops tf, Operand<TFloat32> values, Operand<TFloat32> weights) {
    Operand<TFloat32> each = tf.onesLike(values);
    if (weights != null) {
      each = tf.math.mul(each, along(tf, weights, values.shape().numDimensions()));
    }
    return tf.stack(List.of(sum(tf, tf.math.mul(values, each)), sum(tf, each)));
  }

  /** {@code weights} with dimensions of one appended up to {@code rank}. */
  static Operand<TFloat32> along(Ops tf, Operand<TFloat32> weights, int rank) {
    long[] own = weights.shape().asArray();
    if (own.length >= rank) {
      return weights;
    }
    long[] shape = Arrays.copyOf(own, rank);
    Arrays.fill(shape, own.length, rank, 1);
    return tf.reshape(weights, tf.constant(shape));
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
    return tf.reduceSum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(0));
  }

  /** The mean that a summed pair stands for; 0 when nothing was counted, as in Keras. */
  static double result(double[] sum) {
    return sum[1] == 0 ? 0 : sum[0] / sum[1];
  }
}
