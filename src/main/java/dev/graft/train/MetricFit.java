package dev.graft.train;

import dev.graft.error.SettingException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.types.TFloat32;

/**
 * Whether a metric goes with the shapes of targets and outputs, tried before training begins: a
 * metric may be anybody's, and broadcasts as it likes.
 */
record MetricFit(
    String outputName,
    String name,
    Metric metric,
    Operand<TFloat32> target,
    Operand<TFloat32> output) {
  /**
   * Computes {@code state} of targets and outputs of zeros; no example and no layer takes part.
   *
   * @param weight of the examples, or null
   */
  void probe(Session session, Operand<TFloat32> state, Operand<TFloat32> weight) {
    if (strict() && target.shape().get(-1) != output.shape().get(-1)) {
      throw misfit(null);
    }
    List<Operand<TFloat32>> fed = new ArrayList<>(List.of(output, target));
    Operand<TFloat32> logits = Logits.of(output, false);
    if (logits != null) {
      fed.add(logits);
    }
    if (weight != null) {
      fed.add(weight);
    }
    List<Tensor> zeros = fed.stream().map(MetricFit::zeros).toList();
    Session.Runner runner = session.runner().fetch(state);
    for (int i = 0; i < fed.size(); i++) {
      runner.feed(fed.get(i), zeros.get(i));
    }
    try {
      runner.run().close();
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw misfit(e);
    } finally {
      zeros.forEach(Tensor::close);
    }
  }

  /** TensorFlow would spread one label over all classes; Keras refuses it as well. */
  private boolean strict() {
    if (metric instanceof MeanMetric mean) {
      Loss each = mean.each();
      return each instanceof BinaryCrossentropy
          || each instanceof Focal
          || (each instanceof Crossentropy crossentropy && !crossentropy.sparse());
    }
    return metric instanceof FBeta || metric instanceof RSquared;
  }

  /** Two examples of zeros; sizes that are not known are taken for 2. */
  private static Tensor zeros(Operand<TFloat32> like) {
    long[] shape = Arrays.stream(like.shape().asArray()).map(size -> size < 0 ? 2 : size).toArray();
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return Tensors.floats(new float[count], shape);
  }

  /** What is said of a metric that TensorFlow refused. */
  SettingException misfit(RuntimeException e) {
    Spec outputs = new Spec(output.shape(), DType.FLOAT32);
    Spec came = new Spec(target.shape(), DType.FLOAT32);
    Spec expected = metric.target(outputs);
    String what =
        expected.equals(came)
            ? "it cannot be computed of targets "
                + came
                + " and outputs "
                + outputs
                + ": "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                + " Leave it out."
            : "it expects targets "
                + expected
                + " for outputs "
                + outputs
                + ", the examples have "
                + came
                + ". Leave it out, or take one for such targets.";
    return new SettingException(
        "metric '"
            + name
            + "' ("
            + metric.className()
            + ") of output '"
            + outputName
            + "': "
            + what);
  }
}
