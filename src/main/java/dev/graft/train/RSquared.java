package dev.graft.train;

import dev.graft.error.SettingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's R² of outputs (batch, values). Source: keras/src/metrics/regression_metrics.py, Keras
 * 3.15.
 *
 * @param byVariance whether values with more variance count more
 */
public record RSquared(String name, boolean byVariance) implements Metric {
  @Override
  public String className() {
    return "R2Score";
  }

  @Override
  public Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, Operand<TFloat32> weights) {
    if (p.shape().numDimensions() != 2) {
      throw new SettingException(
          "metric '" + name + "': expected outputs (batch, values), came " + p.shape() + ".");
    }
    Operand<TFloat32> each = tf.onesLike(y);
    if (weights != null) {
      each = tf.math.mul(each, Means.along(tf, weights, 2));
    }
    Operand<TInt32> rows = tf.constant(0);
    Operand<TFloat32> weighted = tf.math.mul(y, each);
    Operand<TFloat32> off = tf.math.square(tf.math.sub(y, p));
    return tf.concat(
        List.of(
            tf.reduceSum(weighted, rows),
            tf.reduceSum(tf.math.mul(y, weighted), rows),
            tf.reduceSum(tf.math.mul(off, each), rows),
            tf.reduceSum(each, rows)),
        rows);
  }

  @Override
  public double result(double[] sum) {
    int values = sum.length / 4;
    double scores = 0;
    double weights = 0;
    for (int i = 0; i < values; i++) {
      double mean = sum[i] / sum[3 * values + i];
      double total = sum[values + i] - sum[i] * mean;
      double score = 1 - sum[2 * values + i] / total;
      double weight = byVariance ? total : 1;
      scores += weight * (Double.isInfinite(score) ? 0 : score);
      weights += weight;
    }
    return scores / weights;
  }

  @Override
  public Boolean higherIsBetter() {
    return true;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("class_aggregation", byVariance ? "variance_weighted_average" : "uniform_average");
    config.put("num_regressors", 0);
    return config;
  }
}
