package dev.graft.report;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * How sure the figures of an evaluation are: intervals of 95 %.
 *
 * <p>Accuracy has Wilson's interval. The others are drawn: the figure is computed anew on examples
 * drawn with replacement, {@value #DRAWS} times, and the middle 95 % of what comes out is the
 * interval (Efron 1979, the percentile bootstrap). The draws are seeded, so that the same examples
 * give the same interval.
 */
public final class Sureness {
  private static final int DRAWS = 500;
  private static final double OUTSIDE = 0.025;
  private static final int MOST_NUMBERS = 8;

  private final Predictions said;
  private final int size;
  private int[] taken;

  private Sureness(Predictions said) {
    this.said = said;
    this.size = said.size();
  }

  /** A figure and where it lies with a confidence of 95 %. */
  public record Figure(double value, double from, double to) {}

  /** The figures of {@code outcome}, by name; none without examples. */
  public static Map<String, Figure> of(RunReport.Outcome outcome) {
    Sureness sureness = new Sureness(outcome.said());
    Map<String, Figure> figures = new LinkedHashMap<>();
    if (sureness.size == 0) {
      return figures;
    }
    switch (outcome.said().kind()) {
      case CLASSES -> {
        Double accuracy = outcome.evaluation().metrics().get("accuracy");
        if (accuracy != null && accuracy >= 0 && accuracy <= 1) {
          Interval interval = Interval.of(accuracy, sureness.size);
          figures.put("accuracy", new Figure(accuracy, interval.from(), interval.to()));
        }
        figures.put("mean F1", sureness.drawn(sureness::f1OfClasses));
      }
      case LABELS -> figures.put("mean F1", sureness.drawn(sureness::f1OfLabels));
      case NUMBERS -> {
        for (int c = 0; c < Math.min(MOST_NUMBERS, outcome.said().names().size()); c++) {
          int column = c;
          String of = " of " + outcome.said().names().get(c);
          figures.put(
              "mean absolute error" + of, sureness.drawn(rows -> sureness.error(rows, column, 1)));
          figures.put(
              "root mean squared error" + of,
              sureness.drawn(rows -> Math.sqrt(sureness.error(rows, column, 2))));
        }
      }
    }
    return figures;
  }

  private Figure drawn(ToDoubleFunction<int[]> figure) {
    int[] rows = new int[size];
    Arrays.setAll(rows, i -> i);
    double value = figure.applyAsDouble(rows);
    SplittableRandom random = new SplittableRandom(size);
    double[] draws = new double[DRAWS];
    for (int d = 0; d < DRAWS; d++) {
      for (int i = 0; i < size; i++) {
        rows[i] = random.nextInt(size);
      }
      draws[d] = figure.applyAsDouble(rows);
    }
    Arrays.sort(draws);
    int out = (int) (OUTSIDE * DRAWS);
    return new Figure(value, draws[out], draws[DRAWS - 1 - out]);
  }

  /** The mean over all classes, as scikit-learn's macro average. */
  private double f1OfClasses(int[] rows) {
    int classes = said.names().size();
    long[] right = new long[classes];
    long[] either = new long[classes];
    for (int row : rows) {
      int is = said.label(row);
      int taken = taken()[row];
      either[is]++;
      either[taken]++;
      right[is] += is == taken ? 1 : 0;
    }
    return mean(right, either);
  }

  private int[] taken() {
    if (taken == null) {
      int[] all = new int[size];
      Arrays.setAll(all, said::predicted);
      taken = all;
    }
    return taken;
  }

  private double f1OfLabels(int[] rows) {
    int labels = said.names().size();
    long[] right = new long[labels];
    long[] either = new long[labels];
    for (int row : rows) {
      for (int c = 0; c < labels; c++) {
        boolean is = said.target(row, c) > 0.5f;
        boolean claimed = said.said(row, c);
        either[c] += (is ? 1 : 0) + (claimed ? 1 : 0);
        right[c] += is && claimed ? 1 : 0;
      }
    }
    return mean(right, either);
  }

  private static double mean(long[] right, long[] either) {
    double sum = 0;
    for (int c = 0; c < right.length; c++) {
      sum += either[c] == 0 ? 0 : 2.0 * right[c] / either[c];
    }
    return sum / right.length;
  }

  private double error(int[] rows, int column, int power) {
    double sum = 0;
    for (int row : rows) {
      double error = Math.abs((double) said.value(row, column) - said.target(row, column));
      sum += power == 1 ? error : error * error;
    }
    return sum / rows.length;
  }
}
