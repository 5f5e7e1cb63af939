package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's accuracies: the share of examples whose class was hit.
 *
 * <p>Source: keras/src/metrics/accuracy_metrics.py, Keras 3.15.
 *
 * @param threshold from where a probability counts as 1; binary only
 */
public record Accuracy(String name, Loss.Labels labels, double threshold) implements Metric {
  @Override
  public String className() {
    return switch (labels) {
      case CATEGORICAL -> "CategoricalAccuracy";
      case SPARSE -> "SparseCategoricalAccuracy";
      case BINARY -> "BinaryAccuracy";
      case NUMBERS -> "Accuracy";
    };
  }

  @Override
  public Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> output, Operand<TFloat32> weights) {
    Operand<TInt32> last = tf.constant(output.shape().numDimensions() - 1);
    return switch (labels) {
      case CATEGORICAL ->
          Means.state(
              tf,
              Means.asFloat(
                  tf,
                  tf.math.equal(
                      tf.math.argMax(target, last, TInt32.class),
                      tf.math.argMax(output, last, TInt32.class))),
              weights);
      case SPARSE -> {
        Operand<TInt32> hit = tf.math.argMax(output, last, TInt32.class);
        Operand<TInt32> wanted = tf.reshape(tf.dtypes.cast(target, TInt32.class), tf.shape(hit));
        yield Means.state(tf, Means.asFloat(tf, tf.math.equal(wanted, hit)), weights);
      }
      case BINARY -> {
        Operand<TFloat32> hit =
            Means.asFloat(tf, tf.math.greater(output, tf.constant((float) threshold)));
        Operand<TFloat32> same = Means.asFloat(tf, tf.math.equal(target, hit));
        yield Means.state(tf, tf.math.mean(same, last), weights);
      }
      case NUMBERS ->
          Means.state(
              tf, tf.math.mean(Means.asFloat(tf, tf.math.equal(target, output)), last), weights);
    };
  }

  @Override
  public double result(double[] sum) {
    return Means.result(sum);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (labels == Loss.Labels.BINARY) {
      config.put("threshold", threshold);
    }
    return config;
  }
}
