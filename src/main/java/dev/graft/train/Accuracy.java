package dev.graft.train;

import dev.graft.layers.Spec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's accuracies: the share of examples whose class was hit.
 *
 * <p>Source: keras/src/metrics/accuracy_metrics.py and keras/src/trainers/compile_utils.py, Keras
 * 3.15.
 *
 * @param labels how labels and outputs are compared; null chooses by their shapes, as Keras does
 *     for {@code "accuracy"}: one output is binary, one label among several outputs sparse, all
 *     else categorical
 * @param threshold from where a probability counts as 1; binary only
 */
public record Accuracy(String name, Loss.Labels labels, double threshold) implements Metric {
  @Override
  public String className() {
    if (labels == null) {
      return "accuracy";
    }
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
    Operand<TBool> right =
        switch (labels == null ? byShape(target, output) : labels) {
          case CATEGORICAL -> tf.math.equal(largest(tf, target), largest(tf, output));
          case SPARSE -> {
            Operand<TInt32> hit = largest(tf, output);
            yield tf.math.equal(
                tf.reshape(tf.dtypes.cast(target, TInt32.class), tf.shape(hit)), hit);
          }
          case BINARY -> {
            Operand<TBool> hit = tf.math.greater(output, tf.constant((float) threshold));
            yield tf.math.equal(target, tf.dtypes.cast(hit, TFloat32.class));
          }
          case NUMBERS -> tf.math.equal(target, output);
        };
    return Means.state(tf, tf.dtypes.cast(right, TFloat32.class), weights);
  }

  @Override
  public Spec target(Spec outputs) {
    return labels == Loss.Labels.SPARSE ? outputs.withLast(1) : outputs;
  }

  /** The kind of labels that shapes tell of, as Keras decides about {@code accuracy}. */
  static Loss.Labels byShape(Operand<TFloat32> target, Operand<TFloat32> output) {
    long labels = target.shape().get(-1);
    long outputs = output.shape().get(-1);
    if (outputs == 1) {
      return Loss.Labels.BINARY;
    }
    return labels == 1 ? Loss.Labels.SPARSE : Loss.Labels.CATEGORICAL;
  }

  private static Operand<TInt32> largest(Ops tf, Operand<TFloat32> x) {
    return tf.math.argMax(x, tf.constant(x.shape().numDimensions() - 1), TInt32.class);
  }

  @Override
  public double result(double[] sum) {
    return Means.result(sum);
  }

  @Override
  public Boolean higherIsBetter() {
    return true;
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
