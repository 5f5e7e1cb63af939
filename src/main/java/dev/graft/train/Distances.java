package dev.graft.train;

import dev.graft.train.Loss.Labels;
import java.util.Arrays;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's losses that are no cross-entropies. Source: keras/src/losses/losses.py, Keras 3.15. Means
 * and sums are over the last dimension.
 */
final class Distances {
  static final Distance SQUARED =
      plain(
          "mean_squared_error",
          "MeanSquaredError",
          Labels.NUMBERS,
          (tf, y, p) -> mean(tf, tf.math.square(tf.math.sub(y, p))));

  static final Distance ABSOLUTE =
      plain(
          "mean_absolute_error",
          "MeanAbsoluteError",
          Labels.NUMBERS,
          (tf, y, p) -> mean(tf, tf.math.abs(tf.math.sub(y, p))));

  static final Distance PERCENTAGE =
      plain(
          "mean_absolute_percentage_error",
          "MeanAbsolutePercentageError",
          Labels.NUMBERS,
          (tf, y, p) -> {
            Operand<TFloat32> size = tf.math.maximum(tf.math.abs(y), tf.constant(Logits.EPSILON));
            Operand<TFloat32> off = tf.math.abs(tf.math.div(tf.math.sub(y, p), size));
            return tf.math.mul(tf.constant(100f), mean(tf, off));
          });

  static final Distance LOGARITHMIC =
      plain(
          "mean_squared_logarithmic_error",
          "MeanSquaredLogarithmicError",
          Labels.NUMBERS,
          (tf, y, p) -> mean(tf, tf.math.square(tf.math.sub(log1(tf, p), log1(tf, y)))));

  /** tf_keras's MeanRelativeError: the error over {@code sizes}, 0 where a size is. */
  static Distance relative(double[] sizes) {
    float[] own = new float[sizes.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = (float) sizes[i];
    }
    return new Distance(
        "mean_relative_error",
        "MeanRelativeError",
        Labels.NUMBERS,
        Map.of("normalizer", Arrays.stream(sizes).boxed().toList()),
        (tf, y, p) -> mean(tf, tf.math.divNoNan(tf.math.abs(tf.math.sub(y, p)), tf.constant(own))));
  }

  static final Distance LOG_COSH =
      plain(
          "log_cosh",
          "LogCosh",
          Labels.NUMBERS,
          (tf, y, p) -> {
            Operand<TFloat32> x = tf.math.sub(p, y);
            Operand<TFloat32> soft = tf.math.softplus(tf.math.mul(x, tf.constant(-2f)));
            return mean(tf, tf.math.sub(tf.math.add(x, soft), tf.constant((float) Math.log(2))));
          });

  static final Distance POISSON =
      plain(
          "poisson",
          "Poisson",
          Labels.NUMBERS,
          (tf, y, p) -> {
            Operand<TFloat32> log = tf.math.log(tf.math.add(p, tf.constant(Logits.EPSILON)));
            return mean(tf, tf.math.sub(p, tf.math.mul(y, log)));
          });

  static final Distance DIVERGENCE =
      plain(
          "kl_divergence",
          "KLDivergence",
          Labels.CATEGORICAL,
          (tf, y, p) -> {
            Operand<TFloat32> least = tf.constant(Logits.EPSILON);
            Operand<TFloat32> wanted = tf.clipByValue(y, least, tf.constant(1f));
            Operand<TFloat32> held = tf.clipByValue(p, least, tf.constant(1f));
            return sum(tf, tf.math.mul(wanted, tf.math.log(tf.math.div(wanted, held))));
          });

  static final Distance COSINE =
      new Distance(
          "cosine_similarity",
          "CosineSimilarity",
          Labels.NUMBERS,
          Map.of("axis", -1),
          (tf, y, p) -> tf.math.neg(sum(tf, tf.math.mul(unit(tf, y), unit(tf, p)))));

  static final Distance HINGE =
      plain("hinge", "Hinge", Labels.BINARY, (tf, y, p) -> mean(tf, margin(tf, y, p)));

  static final Distance SQUARED_HINGE =
      plain(
          "squared_hinge",
          "SquaredHinge",
          Labels.BINARY,
          (tf, y, p) -> mean(tf, tf.math.square(margin(tf, y, p))));

  static final Distance CATEGORICAL_HINGE =
      plain(
          "categorical_hinge",
          "CategoricalHinge",
          Labels.CATEGORICAL,
          (tf, y, p) -> {
            Operand<TFloat32> one = tf.constant(1f);
            Operand<TFloat32> right = sum(tf, tf.math.mul(y, p));
            Operand<TFloat32> wrong =
                tf.reduceMax(tf.math.mul(tf.math.sub(one, y), p), last(tf, p));
            return tf.math.maximum(tf.math.add(tf.math.sub(wrong, right), one), tf.constant(0f));
          });

  /** Keras's metric of that name, which is not turned round as the loss is. */
  static final Distance SIMILARITY =
      plain(
          "cosine_similarity",
          "CosineSimilarity",
          Labels.NUMBERS,
          (tf, y, p) -> sum(tf, tf.math.mul(unit(tf, y), unit(tf, p))));

  static final Distance PEARSON =
      plain(
          "pearson_correlation",
          "PearsonCorrelation",
          Labels.NUMBERS,
          (tf, y, p) -> mean(tf, tf.math.mul(standard(tf, y), standard(tf, p))));

  static final Distance CONCORDANCE =
      plain(
          "concordance_correlation",
          "ConcordanceCorrelation",
          Labels.NUMBERS,
          (tf, y, p) -> {
            Operand<TFloat32> off = wide(tf, p);
            Operand<TFloat32> both = tf.math.mul(tf.math.sub(y, off), tf.math.sub(p, off));
            Operand<TFloat32> norm =
                tf.math.add(
                    tf.math.add(variance(tf, y), variance(tf, p)),
                    tf.math.squaredDifference(wide(tf, y), off));
            return mean(
                tf,
                tf.math.div(
                    tf.math.mul(tf.constant(2f), both),
                    tf.math.add(norm, tf.constant(Logits.EPSILON))));
          });

  private Distances() {}

  private static Distance plain(
      String name, String className, Labels labels, Distance.Formula formula) {
    return new Distance(name, className, labels, Map.of(), formula);
  }

  /** Squared up to {@code delta}, absolute beyond. */
  static Distance huber(double delta) {
    return new Distance(
        "huber",
        "Huber",
        Labels.NUMBERS,
        Map.of("delta", delta),
        (tf, y, p) -> {
          Operand<TFloat32> limit = tf.constant((float) delta);
          Operand<TFloat32> half = tf.constant(0.5f);
          Operand<TFloat32> error = tf.math.sub(p, y);
          Operand<TFloat32> size = tf.math.abs(error);
          Operand<TFloat32> near = tf.math.mul(half, tf.math.square(error));
          Operand<TFloat32> far =
              tf.math.sub(tf.math.mul(limit, size), tf.math.mul(half, tf.math.square(limit)));
          return mean(tf, tf.select(tf.math.lessEqual(size, limit), near, far));
        });
  }

  /** Cross-entropy bent towards the mean absolute error, over class numbers. */
  static Distance generalised(double q) {
    return new Distance(
        "categorical_generalized_cross_entropy",
        "CategoricalGeneralizedCrossEntropy",
        Labels.SPARSE,
        Map.of("q", q),
        (tf, y, p) -> {
          Operand<TFloat32> power = tf.constant((float) q);
          Operand<TFloat32> hit = sum(tf, tf.math.mul(p, Crossentropy.oneHot(tf, y, p)));
          return tf.math.div(tf.math.sub(tf.constant(1f), tf.math.pow(hit, power)), power);
        });
  }

  /** The index of the last dimension. */
  private static Operand<TInt32> last(Ops tf, Operand<TFloat32> x) {
    return tf.constant(x.shape().numDimensions() - 1);
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, last(tf, x));
  }

  private static Operand<TFloat32> wide(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, last(tf, x), Mean.keepDims(true));
  }

  private static Operand<TFloat32> variance(Ops tf, Operand<TFloat32> x) {
    return wide(tf, tf.math.squaredDifference(x, wide(tf, x)));
  }

  private static Operand<TFloat32> standard(Ops tf, Operand<TFloat32> x) {
    return tf.math.div(tf.math.sub(x, wide(tf, x)), tf.math.sqrt(variance(tf, x)));
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
    return tf.reduceSum(x, last(tf, x));
  }

  private static Operand<TFloat32> log1(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> held = tf.math.maximum(x, tf.constant(Logits.EPSILON));
    return tf.math.log(tf.math.add(held, tf.constant(1f)));
  }

  /** Keras 3's normalisation; tf_keras differs for vectors shorter than 1e-6. */
  private static Operand<TFloat32> unit(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(x), last(tf, x), ReduceSum.keepDims(true));
    Operand<TFloat32> inverse =
        tf.math.minimum(tf.math.rsqrt(squares), tf.constant(1 / Logits.EPSILON));
    return tf.math.mul(x, inverse);
  }

  /** {@code max(1 − y · p, 0)}; labels that are all 0 or 1 are taken for −1 and 1. */
  private static Operand<TFloat32> margin(Ops tf, Operand<TFloat32> y, Operand<TFloat32> p) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TBool> each =
        tf.math.logicalOr(tf.math.equal(y, tf.constant(0f)), tf.math.equal(y, one));
    Operand<TBool> binary =
        tf.reduceAll(tf.reshape(each, tf.constant(new int[] {-1})), tf.constant(0));
    Operand<TFloat32> signs = tf.math.sub(tf.math.mul(tf.constant(2f), y), one);
    Operand<TFloat32> labels = tf.select(binary, signs, y);
    return tf.math.maximum(tf.math.sub(one, tf.math.mul(labels, p)), tf.constant(0f));
  }
}
