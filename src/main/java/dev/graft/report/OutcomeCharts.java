package dev.graft.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Drawings of how good an output is: ROC and calibration, or prediction against answer. */
final class OutcomeCharts {
  private static final int BINS = 24;
  private static final double[] ENDS = {0, 1};

  /** More points than this make a blot, and a large page. */
  private static final int MOST_POINTS = 2000;

  private OutcomeCharts() {}

  /** Charts of one outcome, whose names begin with {@code prefix}. */
  static List<Chart> of(RunReport.Outcome outcome, String prefix) {
    Predictions said = outcome.said();
    if (said.size() == 0) {
      return List.of();
    }
    return switch (said.kind()) {
      case CLASSES -> said.names().size() == 2 ? reliability(said, List.of(1), prefix) : List.of();
      case LABELS -> reliability(said, List.of(0, 1, 2, 3), prefix);
      case NUMBERS -> numbers(said, prefix);
    };
  }

  private static List<Chart> reliability(Predictions said, List<Integer> columns, String prefix) {
    Map<Integer, Reliability> all = new LinkedHashMap<>();
    for (int column : columns) {
      if (column < said.names().size()) {
        all.put(column, Reliability.of(said, column));
      }
    }
    return Stream.of(roc(said, all, prefix), calibration(said, all, prefix))
        .filter(chart -> chart.has(2))
        .toList();
  }

  private static Chart roc(Predictions said, Map<Integer, Reliability> all, String prefix) {
    String title = "ROC curve, area under it: " + list(said, all, Reliability::area);
    Chart chart = square(prefix + "roc", title, "share of others taken for it", "share found");
    all.forEach(
        (column, r) -> {
          if (!Double.isNaN(r.area())) {
            chart.line(label(said, column), r.falseShare(), r.trueShare());
          }
        });
    chart.reference("by chance", ENDS, ENDS);
    return chart;
  }

  private static Chart calibration(Predictions said, Map<Integer, Reliability> all, String prefix) {
    String title = "Calibration, mean error: " + list(said, all, Reliability::error);
    Chart chart = square(prefix + "calibration", title, "probability said", "share that is it");
    all.forEach(
        (column, r) -> {
          if (!r.bins().isEmpty()) {
            chart.line(
                label(said, column),
                r.bins().stream().mapToDouble(Reliability.Bin::said).toArray(),
                r.bins().stream().mapToDouble(Reliability.Bin::is).toArray());
          }
        });
    chart.reference("perfect", ENDS, ENDS);
    return chart;
  }

  private static String list(
      Predictions said, Map<Integer, Reliability> all, ToDoubleFunction<Reliability> figure) {
    return all.entrySet().stream()
        .map(
            e ->
                said.names().get(e.getKey())
                    + " "
                    + Figures.share(figure.applyAsDouble(e.getValue())))
        .collect(Collectors.joining(", "));
  }

  /** The fonts that draw may lack the letters of a name, so a long or foreign one is numbered. */
  private static String label(Predictions said, int column) {
    String name = said.names().get(column);
    return name.matches("[ -~]{1,12}") ? name : "class " + column;
  }

  private static Chart square(String name, String title, String x, String y) {
    Chart chart = Chart.of(name, title, x, y);
    chart.style().setXAxisMin(0.0);
    chart.style().setXAxisMax(1.0);
    chart.style().setYAxisMin(0.0);
    chart.style().setYAxisMax(1.0);
    return chart;
  }

  private static List<Chart> numbers(Predictions said, String prefix) {
    List<Chart> charts = new ArrayList<>();
    for (int column = 0; column < Math.min(4, said.names().size()); column++) {
      int count = Math.min(MOST_POINTS, said.size());
      List<double[]> points = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int row = (int) ((long) i * said.size() / count);
        if (Float.isFinite(said.value(row, column)) && Float.isFinite(said.target(row, column))) {
          points.add(new double[] {said.target(row, column), said.value(row, column)});
        }
      }
      if (!points.isEmpty()) {
        charts.add(scatter(said, column, points, prefix));
        charts.add(errors(said, column, points, prefix));
      }
    }
    return charts;
  }

  /** How often the prediction is off by how much. */
  private static Chart errors(Predictions said, int column, List<double[]> points, String prefix) {
    double[] off = points.stream().mapToDouble(p -> p[1] - p[0]).sorted().toArray();
    double least = off[0];
    double width = Math.max(1e-12, (off[off.length - 1] - least) / BINS);
    int[] counts = new int[BINS];
    for (double error : off) {
      counts[(int) Math.min(BINS - 1.0, (error - least) / width)]++;
    }
    double[] x = new double[2 * BINS + 2];
    double[] y = new double[2 * BINS + 2];
    for (int i = 0; i < BINS; i++) {
      x[2 * i + 1] = least + i * width;
      x[2 * i + 2] = least + (i + 1) * width;
      y[2 * i + 1] = counts[i];
      y[2 * i + 2] = counts[i];
    }
    x[0] = x[1];
    x[2 * BINS + 1] = x[2 * BINS];
    String title = "Errors: " + said.names().get(column);
    Chart chart =
        Chart.of(prefix + "errors-" + column, title, "prediction less answer", "examples");
    chart.line("examples", x, y).setMarker(SeriesMarkers.NONE);
    chart.style().setYAxisMin(0.0);
    double most = java.util.Arrays.stream(y).max().orElse(1);
    chart.reference("no error", new double[] {0, 0}, new double[] {0, most});
    return chart;
  }

  private static Chart scatter(Predictions said, int column, List<double[]> points, String prefix) {
    String title = "Prediction against answer: " + said.names().get(column);
    Chart chart = Chart.of(prefix + "scatter-" + column, title, "answer", "prediction");
    double[] x = points.stream().mapToDouble(p -> p[0]).toArray();
    double[] y = points.stream().mapToDouble(p -> p[1]).toArray();
    chart.points("examples", x, y);
    double least = java.util.Arrays.stream(x).min().orElse(0);
    double most = java.util.Arrays.stream(x).max().orElse(1);
    chart.reference("perfect", new double[] {least, most}, new double[] {least, most});
    return chart;
  }
}
