package dev.graft.report;

import dev.graft.train.History;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The top of the page: what it was, how it went, and what to be careful about. */
final class Overview {
  private Overview() {}

  static void write(StringBuilder page, RunReport report) {
    page.append("<h1>").append(Html.name(report.name())).append("</h1>\n");
    page.append("<p>").append(Html.escape(report.about())).append("</p>\n");
    warnings(report).forEach(w -> page.append("<p class=\"warn\">").append(w).append("</p>\n"));
    page.append("<div class=\"tiles\">\n");
    report.outcomes().forEach(outcome -> quality(page, outcome));
    best(page, report.history());
    int epochs = report.history().epochs().size();
    double seconds = report.history().epochs().stream().mapToDouble(History.Epoch::seconds).sum();
    tile(page, Integer.toString(epochs), epochs == 1 ? "epoch" : "epochs");
    tile(page, Figures.seconds(seconds), "in these epochs");
    tile(
        page,
        String.format(Locale.ROOT, "%,d", report.model().trainable()),
        String.format(Locale.ROOT, "of %,d parameters trained", report.model().total()));
    page.append("</div>\n");
  }

  private static void tile(StringBuilder page, String figure, String meaning) {
    page.append("<div class=\"tile\"><b>").append(Html.escape(figure)).append("</b><span>");
    page.append(Html.escape(meaning)).append("</span></div>\n");
  }

  private static void quality(StringBuilder page, RunReport.Outcome outcome) {
    Evaluation figures = outcome.evaluation();
    Double accuracy = figures.metrics().get("accuracy");
    String on = outcome.data() + " data, " + outcome.output();
    if (outcome.said().kind() == Predictions.Kind.CLASSES
        && accuracy != null
        && figures.examples() > 0) {
      Interval interval = Interval.of(accuracy, figures.examples());
      String from = Figures.percent(interval.from());
      String to = Figures.percent(interval.to());
      tile(
          page,
          Figures.percent(accuracy),
          "accuracy on " + on + " (95 %: " + from + " to " + to + ")");
    } else if (outcome.said().kind() == Predictions.Kind.NUMBERS && figures.examples() > 0) {
      double mae =
          figures.numbers().stream().mapToDouble(Evaluation.OfNumber::mae).average().orElse(0);
      tile(page, Figures.metric(mae), "mean absolute error on " + on);
    } else if (figures.examples() > 0) {
      double f1 = EvaluationText.mean(figures.classes(), c -> 1, Evaluation.OfClass::f1);
      tile(page, Figures.share(f1), "mean F1 on " + on);
    }
  }

  /** The lowest validation loss, or training loss where nothing was validated. */
  private static void best(StringBuilder page, History history) {
    for (String name : List.of("val_loss", "loss")) {
      double least = Double.NaN;
      int at = 0;
      for (int i = 0; i < history.epochs().size(); i++) {
        Double value = history.epochs().get(i).logs().get(name);
        if (value != null && Double.isFinite(value) && !(value >= least)) {
          least = value;
          at = i + 1;
        }
      }
      if (!Double.isNaN(least)) {
        tile(page, Figures.metric(least), "lowest " + name + ", epoch " + at);
        return;
      }
    }
  }

  /** What a reader must know before the figures, a sentence each. */
  static List<String> warnings(RunReport report) {
    List<String> warnings = new ArrayList<>();
    List<History.Epoch> epochs = report.history().epochs();
    if (report.ending() == RunReport.Ending.INTERRUPTED) {
      warnings.add("The run was interrupted: these are not its final figures.");
    } else if (report.ending() == RunReport.Ending.FAILED) {
      warnings.add("The run failed: these are its figures until then.");
    } else if (report.ending() == RunReport.Ending.STOPPED) {
      warnings.add("A callback ended the last stage before its last epoch.");
    }
    for (int i = 0; i < epochs.size(); i++) {
      Double loss = epochs.get(i).logs().get("loss");
      if (loss != null && !Double.isFinite(loss)) {
        warnings.add(
            "The loss was no finite number in epoch "
                + (i + 1)
                + ", so the weights may be worth nothing. Lower the learning rate.");
        break;
      }
    }
    boolean validated =
        epochs.stream()
            .anyMatch(e -> e.logs().keySet().stream().anyMatch(k -> k.startsWith("val_")));
    if (!epochs.isEmpty() && !validated) {
      warnings.add("Nothing was kept apart for validation: the curves do not show overfitting.");
    }
    if (report.outcomes().isEmpty()) {
      warnings.add("The model was not evaluated on examples with known answers.");
    }
    for (RunReport.Outcome outcome : report.outcomes()) {
      long seen = outcome.evaluation().classes().stream().filter(c -> c.support() > 0).count();
      if (outcome.said().kind() == Predictions.Kind.CLASSES && seen < 2) {
        warnings.add("The examples evaluated have one class only: accuracy says nothing there.");
      }
    }
    return warnings;
  }

  /** Which epochs each stage had. */
  static String stages(History history) {
    Map<String, int[]> stages = new LinkedHashMap<>();
    for (int i = 0; i < history.epochs().size(); i++) {
      int[] range =
          stages.computeIfAbsent(history.epochs().get(i).stage(), s -> new int[] {-1, -1});
      range[0] = range[0] < 0 ? i + 1 : range[0];
      range[1] = i + 1;
    }
    List<String> parts = new ArrayList<>();
    stages.forEach(
        (name, range) ->
            parts.add(
                Html.name(name)
                    + (range[0] == range[1]
                        ? ": epoch " + range[0]
                        : ": epochs " + range[0] + "–" + range[1])));
    return String.join(" · ", parts) + (parts.size() > 1 ? " (dashed: a new stage)" : "");
  }
}
