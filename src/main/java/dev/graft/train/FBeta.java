package dev.graft.train;

import dev.graft.error.SettingException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's F-scores over one-hot or multi-label targets (batch, classes). Source:
 * keras/src/metrics/f_score_metrics.py, Keras 3.15.
 *
 * @param className {@code F1Score} or {@code FBetaScore}
 * @param average {@code micro}, {@code macro}, {@code weighted}, or {@code none}: a figure a class
 * @param threshold from where an output counts as positive; null for the largest alone
 */
public record FBeta(String name, String className, String average, double beta, Double threshold)
    implements Metric {
  /** Keras's None: no average, a figure a class. */
  private static final String EACH = "none";

  private static final double EPSILON = 1e-7;

  @Override
  public Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> output, Operand<TFloat32> weights) {
    if (output.shape().numDimensions() != 2) {
      throw new SettingException(
          "metric '" + name + "': expected outputs (batch, classes), came " + output.shape() + ".");
    }
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> p = tf.dtypes.cast(positive(tf, output), TFloat32.class);
    Operand<TFloat32> each = tf.onesLike(output);
    if (weights != null) {
      each = tf.math.mul(each, Means.along(tf, weights, 2));
    }
    Operand<TInt32> rows = tf.constant(0);
    return tf.concat(
        List.of(
            tf.reduceSum(tf.math.mul(each, tf.math.mul(p, y)), rows),
            tf.reduceSum(tf.math.mul(each, tf.math.mul(p, tf.math.sub(one, y))), rows),
            tf.reduceSum(tf.math.mul(each, tf.math.mul(tf.math.sub(one, p), y)), rows)),
        rows);
  }

  private Operand<TBool> positive(Ops tf, Operand<TFloat32> output) {
    if (threshold != null) {
      return tf.math.greater(output, tf.constant(threshold.floatValue()));
    }
    Operand<TFloat32> largest = tf.reduceMax(output, tf.constant(1), ReduceMax.keepDims(true));
    return tf.math.logicalAnd(
        tf.math.greaterEqual(output, largest),
        tf.math.greater(tf.math.abs(output), tf.constant(1e-9f)));
  }

  /** Keras's array as a figure a class: {@code f1_score_0}, {@code f1_score_1} and so on. */
  @Override
  public Map<String, Double> figures(double[] sum) {
    if (!average.equals(EACH)) {
      return Map.of("", result(sum));
    }
    double[][] counts = counts(sum);
    Map<String, Double> figures = new LinkedHashMap<>();
    for (int i = 0; i < counts[0].length; i++) {
      figures.put("_" + i, score(counts[0][i], counts[1][i], counts[2][i]));
    }
    return figures;
  }

  private static double[][] counts(double[] sum) {
    int classes = sum.length / 3;
    return new double[][] {
      Arrays.copyOfRange(sum, 0, classes),
      Arrays.copyOfRange(sum, classes, 2 * classes),
      Arrays.copyOfRange(sum, 2 * classes, 3 * classes)
    };
  }

  @Override
  public double result(double[] sum) {
    double[][] counts = counts(sum);
    int classes = counts[0].length;
    if (average.equals("micro")) {
      return score(total(counts[0]), total(counts[1]), total(counts[2]));
    }
    double all = total(counts[0]) + total(counts[2]);
    double result = 0;
    for (int i = 0; i < classes; i++) {
      double share =
          average.equals("weighted")
              ? (counts[0][i] + counts[2][i]) / (all + EPSILON)
              : 1.0 / classes;
      result += share * score(counts[0][i], counts[1][i], counts[2][i]);
    }
    return result;
  }

  private static double total(double[] values) {
    return Arrays.stream(values).sum();
  }

  private double score(double tp, double fp, double fn) {
    double precision = tp / (tp + fp + EPSILON);
    double recall = tp / (tp + fn + EPSILON);
    double square = beta * beta;
    return (1 + square) * precision * recall / (square * precision + recall + EPSILON);
  }

  @Override
  public Boolean higherIsBetter() {
    return true;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("average", average.equals(EACH) ? null : average);
    if (className.equals("FBetaScore")) {
      config.put("beta", beta);
    }
    config.put("threshold", threshold);
    return config;
  }
}
