package dev.graft.train;

import dev.graft.error.SettingException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Counts of true and false positives and negatives at thresholds, the state of many of Keras's
 * metrics. Source: keras/src/metrics/metrics_utils.py, Keras 3.15.
 *
 * @param values an output above one counts as positive at that threshold
 * @param even whether they go from 0 to 1 in equal steps, which is counted by buckets
 * @param ends whether the first lies just below 0, so that an output of 0 is above it
 * @param labels outputs counted apart from each other, or 1 for all together
 * @param classId the only output looked at, or null
 * @param topK outputs beyond the surest k count as negative, or null
 */
record Thresholds(
    float[] values, boolean even, boolean ends, int labels, Integer classId, Integer topK) {
  private static final float NONE = -1e10f;

  /** The counts of a summed state, each threshold by threshold and, within, label by label. */
  record Counts(double[] tp, double[] fp, double[] tn, double[] fn) {
    static Counts of(double[] sum) {
      int n = sum.length / 4;
      double[][] parts =
          IntStream.range(0, 4)
              .mapToObj(i -> Arrays.copyOfRange(sum, i * n, (i + 1) * n))
              .toArray(double[][]::new);
      return new Counts(parts[0], parts[1], parts[2], parts[3]);
    }

    double[] precision() {
      return ratio(tp, fp);
    }

    double[] recall() {
      return ratio(tp, fn);
    }

    double[] specificity() {
      return ratio(tn, fp);
    }

    /** {@code a / (a + b)}, 0 where nothing was counted. */
    static double[] ratio(double[] a, double[] b) {
      return IntStream.range(0, a.length)
          .mapToDouble(i -> a[i] + b[i] == 0 ? 0 : a[i] / (a[i] + b[i]))
          .toArray();
    }
  }

  /** One threshold; null is one half, or, with {@code topK}, none. */
  static Thresholds one(Double value, Integer classId, Integer topK) {
    float at = value != null ? value.floatValue() : topK == null ? 0.5f : NONE;
    return new Thresholds(new float[] {at}, false, false, 1, classId, topK);
  }

  /** {@code count} thresholds from 0 to 1. */
  static Thresholds even(int count, boolean ends, int labels, Integer classId) {
    if (count < 2) {
      throw new SettingException("num_thresholds: expected at least 2, came " + count + ".");
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (i / (count - 1.0));
    }
    return new Thresholds(values, true, ends, labels, classId, null);
  }

  /** What a batch adds: all true positives, then false positives, true and false negatives. */
  Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> output, Operand<TFloat32> weights) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> each = tf.onesLike(output);
    if (weights != null) {
      each = tf.math.mul(each, Means.along(tf, weights, output.shape().numDimensions()));
    }
    Operand<TFloat32> p = rows(tf, topK == null ? output : surest(tf, output));
    Operand<TFloat32> y =
        tf.dtypes.cast(tf.math.notEqual(rows(tf, target), tf.constant(0f)), TFloat32.class);
    Operand<TFloat32> yes = tf.math.mul(y, rows(tf, each));
    Operand<TFloat32> no = tf.math.mul(tf.math.sub(one, y), rows(tf, each));
    Operand<TFloat32> tp = positive(tf, p, yes);
    Operand<TFloat32> fp = positive(tf, p, no);
    Operand<TInt32> flat = tf.constant(new int[] {-1});
    return tf.concat(
        List.of(
            tf.reshape(tp, flat),
            tf.reshape(fp, flat),
            tf.reshape(tf.math.sub(tf.reduceSum(no, tf.constant(0)), fp), flat),
            tf.reshape(tf.math.sub(tf.reduceSum(yes, tf.constant(0)), tp), flat)),
        tf.constant(0));
  }

  /** (examples, labels), or (all values, 1) where labels are not told apart. */
  private Operand<TFloat32> rows(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> looked =
        classId == null
            ? x
            : tf.gather(x, tf.constant(classId), tf.constant(x.shape().numDimensions() - 1));
    return tf.reshape(looked, tf.constant(new int[] {-1, labels}));
  }

  /** Outputs that are not among the surest, pushed below every threshold. */
  private Operand<TFloat32> surest(Ops tf, Operand<TFloat32> p) {
    long classes = p.shape().get(p.shape().numDimensions() - 1);
    Operand<TFloat32> hot =
        tf.oneHot(
            tf.nn.topK(p, tf.constant(topK), TInt32.class).indices(),
            tf.constant((int) classes),
            tf.constant(1f),
            tf.constant(0f));
    Operand<TFloat32> mask = tf.reduceSum(hot, tf.constant(p.shape().numDimensions() - 1));
    return tf.math.add(
        tf.math.mul(p, mask), tf.math.mul(tf.constant(NONE), tf.math.sub(tf.constant(1f), mask)));
  }

  /** The weight above each threshold: (thresholds, labels). */
  private Operand<TFloat32> positive(Ops tf, Operand<TFloat32> p, Operand<TFloat32> weight) {
    if (even) {
      return bucketed(tf, p, weight);
    }
    Operand<TFloat32> lines =
        tf.reshape(tf.constant(values), tf.constant(new int[] {values.length, 1, 1}));
    Operand<TFloat32> above =
        tf.dtypes.cast(tf.math.greater(tf.expandDims(p, tf.constant(0)), lines), TFloat32.class);
    return tf.reduceSum(tf.math.mul(above, tf.expandDims(weight, tf.constant(0))), tf.constant(1));
  }

  /** The same by buckets between thresholds, added up from the top. */
  private Operand<TFloat32> bucketed(Ops tf, Operand<TFloat32> p, Operand<TFloat32> weight) {
    int count = values.length;
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> held = tf.clipByValue(p, tf.constant(0f), one);
    Operand<TFloat32> place =
        tf.math.sub(tf.math.ceil(tf.math.mul(held, tf.constant(count - 1f))), one);
    if (ends) {
      place = tf.nn.relu(place);
    }
    int[] offsets = IntStream.range(0, labels).map(label -> label * count).toArray();
    Operand<TInt32> bucket = tf.math.add(tf.dtypes.cast(place, TInt32.class), tf.constant(offsets));
    Operand<TInt32> flat = tf.constant(new int[] {-1});
    Operand<TFloat32> sums =
        tf.math.unsortedSegmentSum(
            tf.reshape(weight, flat), tf.reshape(bucket, flat), tf.constant(labels * count));
    Operand<TFloat32> above =
        tf.math.cumsum(
            tf.reshape(sums, tf.constant(new int[] {labels, count})),
            tf.constant(1),
            Cumsum.reverse(true));
    return tf.linalg.transpose(above, tf.constant(new int[] {1, 0}));
  }
}
