package dev.graft.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** An evaluation as tables in plain text. */
final class EvaluationText {
  /** More columns than this do not fit a terminal; the JSON has them all. */
  private static final int WIDEST_MATRIX = 12;

  private EvaluationText() {}

  static String of(Evaluation evaluation) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%,d examples", evaluation.examples()));
    if (!evaluation.metrics().isEmpty()) {
      text.append(" - ").append(Figures.logs(evaluation.metrics()));
    }
    text.append("\n");
    if (!evaluation.numbers().isEmpty()) {
      text.append('\n').append(numbers(evaluation.numbers()));
    }
    if (!evaluation.classes().isEmpty()) {
      text.append('\n').append(classes(evaluation.classes()));
    }
    int count = evaluation.confusion().length;
    if (count > 0 && count <= WIDEST_MATRIX) {
      text.append('\n').append(matrix(evaluation));
    } else if (count > 0) {
      text.append("\nThe confusion matrix of ").append(count).append(" classes: --json\n");
    }
    return text.toString();
  }

  private static String classes(List<Evaluation.OfClass> classes) {
    TextTable table = new TextTable(List.of("class", "precision", "recall", "f1", "support"));
    for (Evaluation.OfClass c : classes) {
      table.add(line(c.name(), c.precision(), c.recall(), c.f1(), c.support()));
    }
    long all = classes.stream().mapToLong(Evaluation.OfClass::support).sum();
    if (classes.size() > 1) {
      table.add(average("mean of classes", classes, c -> 1));
      table.add(average("mean of examples", classes, Evaluation.OfClass::support));
    }
    return table.text() + (all == 0 ? "No example has any of these classes.\n" : "");
  }

  private static List<String> average(
      String name, List<Evaluation.OfClass> classes, ToDoubleFunction<Evaluation.OfClass> weight) {
    long all = classes.stream().mapToLong(Evaluation.OfClass::support).sum();
    return line(
        name,
        mean(classes, weight, Evaluation.OfClass::precision),
        mean(classes, weight, Evaluation.OfClass::recall),
        mean(classes, weight, Evaluation.OfClass::f1),
        all);
  }

  /** The mean of a figure over classes, each counting as much as {@code weight} says. */
  static double mean(
      List<Evaluation.OfClass> classes,
      ToDoubleFunction<Evaluation.OfClass> weight,
      ToDoubleFunction<Evaluation.OfClass> figure) {
    double total = classes.stream().mapToDouble(weight).sum();
    double sum =
        classes.stream().mapToDouble(c -> weight.applyAsDouble(c) * figure.applyAsDouble(c)).sum();
    return total == 0 ? 0 : sum / total;
  }

  private static List<String> line(
      String name, double precision, double recall, double f1, long support) {
    return List.of(
        name,
        Figures.share(precision),
        Figures.share(recall),
        Figures.share(f1),
        Long.toString(support));
  }

  private static String numbers(List<Evaluation.OfNumber> numbers) {
    TextTable table = new TextTable(List.of("output", "mae", "rmse", "bias", "r2"));
    for (Evaluation.OfNumber n : numbers) {
      table.add(
          List.of(
              n.name(),
              Figures.metric(n.mae()),
              Figures.metric(n.rmse()),
              Figures.metric(n.bias()),
              Double.isNaN(n.r2()) ? "–" : Figures.metric(n.r2())));
    }
    return table.text();
  }

  private static String matrix(Evaluation evaluation) {
    List<String> head = new ArrayList<>(List.of("is \\ taken for"));
    for (int c = 0; c < evaluation.confusion().length; c++) {
      head.add(Integer.toString(c));
    }
    TextTable table = new TextTable(head);
    for (int r = 0; r < evaluation.confusion().length; r++) {
      List<String> row = new ArrayList<>(List.of(r + " " + evaluation.classes().get(r).name()));
      for (long count : evaluation.confusion()[r]) {
        row.add(Long.toString(count));
      }
      table.add(row);
    }
    return table.text();
  }
}
