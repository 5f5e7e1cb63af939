package dev.graft.report;

import dev.graft.train.History;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The learning curves of all stages on one axis, with the borders between the stages. */
final class Curves {
  private static final String RATE = "learning_rate";
  private static final String VALIDATION = "val_";

  private Curves() {}

  /** A chart for each pair of {@code x} and {@code val_x}, the learning rate last. */
  static List<Chart> of(History history) {
    Set<String> names = new LinkedHashSet<>();
    for (History.Epoch epoch : history.epochs()) {
      for (String name : epoch.logs().keySet()) {
        names.add(name.startsWith(VALIDATION) ? name.substring(VALIDATION.length()) : name);
      }
    }
    boolean rate = names.remove(RATE);
    List<Chart> charts = new ArrayList<>();
    for (String name : names) {
      add(charts, history, name);
    }
    if (rate) {
      add(charts, history, RATE);
    }
    return charts;
  }

  private static void add(List<Chart> charts, History history, String name) {
    String file = "curve-" + name.replaceAll("[^A-Za-z0-9]+", "-");
    String label = Figures.plain(name.replace('_', ' '));
    Chart chart = Chart.of(file, label, "epoch", "");
    boolean any = false;
    for (String which : List.of("", VALIDATION)) {
      any |= draw(chart, history, which + name, which.isEmpty() ? "training" : "validation");
    }
    if (any) {
      dress(chart, history, name);
      charts.add(chart);
    }
  }

  /** Draws the values of a log; false when there is no finite one. */
  private static boolean draw(Chart chart, History history, String log, String label) {
    List<History.Epoch> epochs = history.epochs();
    double[] x = new double[epochs.size()];
    double[] y = new double[epochs.size()];
    boolean any = false;
    for (int i = 0; i < x.length; i++) {
      Double value = epochs.get(i).logs().get(log);
      x[i] = i + 1;
      y[i] = value == null || !Double.isFinite(value) ? Double.NaN : value;
      any |= !Double.isNaN(y[i]);
    }
    if (any) {
      chart.line(log.equals(RATE) ? "at the epoch's last step" : label, x, y);
    }
    return any;
  }

  private static void dress(Chart chart, History history, String name) {
    List<History.Epoch> epochs = history.epochs();
    epochs(chart, epochs.size());
    if (name.equals(RATE)) {
      boolean positive = history.values(RATE).stream().allMatch(v -> v > 0 && Double.isFinite(v));
      boolean varies = history.values(RATE).stream().distinct().count() > 1;
      chart.style().setYAxisLogarithmic(positive && varies);
      chart.style().setyAxisTickLabelsFormattingFunction(Figures::rate);
    }
    if (!name.equals(RATE)) {
      chart.style().setyAxisTickLabelsFormattingFunction(Figures::tick);
    }
    for (int i = 1; i < epochs.size(); i++) {
      if (!epochs.get(i).stage().equals(epochs.get(i - 1).stage())) {
        chart.border(i + 0.5);
      }
    }
  }

  /** The axis of {@code count} epochs. */
  static void epochs(Chart chart, int count) {
    chart.style().setXAxisMin(0.5);
    chart.style().setXAxisMax(count + 0.5);
    chart.style().setXAxisDecimalPattern("#");
    if (count < 12) {
      chart.style().setXAxisMaxLabelCount(count);
    }
  }
}
