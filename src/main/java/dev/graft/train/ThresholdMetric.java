package dev.graft.train;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's metrics made of counts at thresholds: precision, recall, the counts themselves, one
 * figure where another is good enough.
 *
 * @param figure what is reported of the counts
 * @param config Keras's config
 */
record ThresholdMetric(
    String name, String className, Thresholds thresholds, Figure figure, Map<String, Object> config)
    implements Metric {
  /** What is reported of counts at thresholds. */
  @FunctionalInterface
  interface Figure {
    double of(Thresholds.Counts counts);
  }

  @Override
  public Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> output, Operand<TFloat32> weights) {
    return thresholds.state(tf, target, output, weights);
  }

  @Override
  public double result(double[] sum) {
    return figure.of(Thresholds.Counts.of(sum));
  }

  @Override
  public Boolean higherIsBetter() {
    return !className.startsWith("False");
  }

  /** The best of {@code wanted} among the thresholds where {@code given} reaches {@code least}. */
  static double best(double[] wanted, double[] given, double least) {
    double best = 0;
    for (int i = 0; i < wanted.length; i++) {
      // Keras compares in float32.
      if ((float) given[i] >= (float) least) {
        best = Math.max(best, wanted[i]);
      }
    }
    return best;
  }
}
