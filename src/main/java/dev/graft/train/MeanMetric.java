package dev.graft.train;

import dev.graft.layers.Spec;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's metrics that are the mean of a value an example, such as a loss, or the root of it. */
public record MeanMetric(String name, String className, Loss each, boolean root) implements Metric {
  @Override
  public Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> output, Operand<TFloat32> weights) {
    return Means.state(tf, each.perExample(tf, target, output), weights);
  }

  @Override
  public Spec target(Spec outputs) {
    return each.target(outputs);
  }

  @Override
  public double result(double[] sum) {
    return root ? Math.sqrt(Means.result(sum)) : Means.result(sum);
  }

  @Override
  public Boolean higherIsBetter() {
    return each == Distances.SIMILARITY
        || each == Distances.PEARSON
        || each == Distances.CONCORDANCE;
  }

  @Override
  public Map<String, Object> config() {
    return each.config();
  }
}
