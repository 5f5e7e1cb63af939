package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's area under a curve, by Riemann sums over thresholds. Source:
 * keras/src/metrics/confusion_metrics.py, Keras 3.15.
 *
 * @param summation how the height between two thresholds is taken
 * @param fromLogits whether outputs go through a sigmoid first
 */
public record Auc(
    String name, Thresholds thresholds, Curve curve, Summation summation, boolean fromLogits)
    implements Metric {
  /** The curve that is measured. */
  public enum Curve {
    /** True positives over false positives. */
    ROC,
    /** Precision over recall. */
    PR
  }

  /** How the height between two thresholds is taken. */
  public enum Summation {
    INTERPOLATION,
    MAJORING,
    MINORING
  }

  @Override
  public String className() {
    return "AUC";
  }

  @Override
  public Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> output, Operand<TFloat32> weights) {
    return thresholds.state(tf, target, fromLogits ? tf.math.sigmoid(output) : output, weights);
  }

  @Override
  public double result(double[] sum) {
    Thresholds.Counts counts = Thresholds.Counts.of(sum);
    double total = 0;
    for (int label = 0; label < thresholds.labels(); label++) {
      total += area(of(counts, label));
    }
    return total / thresholds.labels();
  }

  /** The counts of one label. */
  private Thresholds.Counts of(Thresholds.Counts all, int label) {
    return new Thresholds.Counts(
        every(all.tp(), label),
        every(all.fp(), label),
        every(all.tn(), label),
        every(all.fn(), label));
  }

  private double[] every(double[] values, int label) {
    double[] own = new double[thresholds.values().length];
    for (int i = 0; i < own.length; i++) {
      own[i] = values[i * thresholds.labels() + label];
    }
    return own;
  }

  private double area(Thresholds.Counts c) {
    if (curve == Curve.PR && summation == Summation.INTERPOLATION) {
      return interpolated(c);
    }
    double[] x = curve == Curve.ROC ? Thresholds.Counts.ratio(c.fp(), c.tn()) : c.recall();
    double[] y = curve == Curve.ROC ? c.recall() : c.precision();
    double area = 0;
    for (int i = 0; i + 1 < x.length; i++) {
      double height =
          switch (summation) {
            case INTERPOLATION -> (y[i] + y[i + 1]) / 2;
            case MAJORING -> Math.max(y[i], y[i + 1]);
            case MINORING -> Math.min(y[i], y[i + 1]);
          };
      area += (x[i] - x[i + 1]) * height;
    }
    return area;
  }

  /** The precision-recall curve is no straight line between two thresholds (Davis, 2006). */
  private static double interpolated(Thresholds.Counts c) {
    double area = 0;
    for (int i = 0; i + 1 < c.tp().length; i++) {
      double above = c.tp()[i] + c.fp()[i];
      double below = c.tp()[i + 1] + c.fp()[i + 1];
      double rise = c.tp()[i] - c.tp()[i + 1];
      double slope = above - below > 0 ? rise / (above - below) : 0;
      double intercept = c.tp()[i + 1] - slope * below;
      double ratio = above > 0 && below > 0 ? above / below : 1;
      double positives = c.tp()[i + 1] + c.fn()[i + 1];
      area += positives > 0 ? slope * (rise + intercept * Math.log(ratio)) / positives : 0;
    }
    return area;
  }

  @Override
  public Boolean higherIsBetter() {
    return true;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("num_thresholds", thresholds.values().length);
    config.put("curve", curve.name());
    config.put("summation_method", summation.name().toLowerCase(java.util.Locale.ROOT));
    config.put("multi_label", thresholds.labels() > 1);
    config.put("num_labels", thresholds.labels() > 1 ? thresholds.labels() : null);
    config.put("label_weights", null);
    config.put("from_logits", fromLogits);
    return config;
  }
}
