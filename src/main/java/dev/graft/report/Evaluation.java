package dev.graft.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How good one output of a model is on data with known answers.
 *
 * @param kind what the answers are
 * @param examples how many
 * @param metrics loss and metrics under Keras's names
 * @param classes figures of each class or label; empty for numbers
 * @param confusion examples of class (row) taken for class (column); empty unless {@code CLASSES}
 * @param numbers figures of each number; empty unless {@code NUMBERS}
 */
public record Evaluation(
    Predictions.Kind kind,
    int examples,
    Map<String, Double> metrics,
    List<OfClass> classes,
    long[][] confusion,
    List<OfNumber> numbers) {

  /** Copies the collections. */
  public Evaluation {
    metrics = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    classes = List.copyOf(classes);
    numbers = List.copyOf(numbers);
  }

  /**
   * One class or label, as scikit-learn counts it.
   *
   * @param precision how many of those said to be it are it; 0 when none was said to be
   * @param recall how many of those that are it were found; 0 when there are none
   * @param f1 the harmonic mean of both
   * @param support how many examples are it
   */
  public record OfClass(String name, double precision, double recall, double f1, long support) {
    static OfClass of(String name, long right, long said, long support) {
      return new OfClass(
          name,
          share(right, said),
          share(right, support),
          share(2 * right, said + support),
          support);
    }
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /**
   * One number that a model predicts.
   *
   * @param mae mean absolute error
   * @param rmse root of the mean squared error
   * @param bias mean of prediction minus answer
   * @param r2 share of the answers' variance that is explained; NaN when they do not vary
   */
  public record OfNumber(String name, double mae, double rmse, double bias, double r2) {}

  /** Computes the figures; {@code metrics} holds loss and metrics that are known already. */
  public static Evaluation of(Predictions said, Map<String, Double> metrics) {
    return switch (said.kind()) {
      case CLASSES -> ofClasses(said, metrics);
      case LABELS -> ofLabels(said, metrics);
      case NUMBERS -> ofNumbers(said, metrics);
    };
  }

  /** Loss and metrics alone, of an output whose answers are not kept: masks, sequences. */
  public static Evaluation only(int examples, Map<String, Double> metrics) {
    return new Evaluation(
        Predictions.Kind.NUMBERS, examples, metrics, List.of(), new long[0][], List.of());
  }

  private static Evaluation ofClasses(Predictions said, Map<String, Double> metrics) {
    int count = said.names().size();
    long[][] confusion = new long[count][count];
    for (int row = 0; row < said.size(); row++) {
      confusion[said.label(row)][said.predicted(row)]++;
    }
    List<OfClass> classes = new ArrayList<>();
    long right = 0;
    for (int c = 0; c < count; c++) {
      long column = 0;
      for (long[] line : confusion) {
        column += line[c];
      }
      right += confusion[c][c];
      long support = Arrays.stream(confusion[c]).sum();
      classes.add(OfClass.of(said.names().get(c), confusion[c][c], column, support));
    }
    Map<String, Double> all = new LinkedHashMap<>(metrics);
    all.putIfAbsent("accuracy", share(right, said.size()));
    return new Evaluation(said.kind(), said.size(), all, classes, confusion, List.of());
  }

  private static Evaluation ofLabels(Predictions said, Map<String, Double> metrics) {
    List<OfClass> classes = new ArrayList<>();
    for (int c = 0; c < said.names().size(); c++) {
      long right = 0;
      long claimed = 0;
      long support = 0;
      for (int row = 0; row < said.size(); row++) {
        boolean is = said.target(row, c) > 0.5f;
        boolean claim = said.said(row, c);
        right += is && claim ? 1 : 0;
        claimed += claim ? 1 : 0;
        support += is ? 1 : 0;
      }
      classes.add(OfClass.of(said.names().get(c), right, claimed, support));
    }
    return new Evaluation(said.kind(), said.size(), metrics, classes, new long[0][], List.of());
  }

  private static Evaluation ofNumbers(Predictions said, Map<String, Double> metrics) {
    List<OfNumber> numbers = new ArrayList<>();
    for (int c = 0; c < said.names().size(); c++) {
      numbers.add(number(said, c));
    }
    return new Evaluation(said.kind(), said.size(), metrics, List.of(), new long[0][], numbers);
  }

  private static OfNumber number(Predictions said, int column) {
    double absolute = 0;
    double squared = 0;
    double bias = 0;
    double mean = 0;
    for (int row = 0; row < said.size(); row++) {
      double error = (double) said.value(row, column) - said.target(row, column);
      absolute += Math.abs(error);
      squared += error * error;
      bias += error;
      mean += said.target(row, column);
    }
    int count = Math.max(1, said.size());
    mean /= count;
    double spread = 0;
    for (int row = 0; row < said.size(); row++) {
      spread += Math.pow(said.target(row, column) - mean, 2);
    }
    return new OfNumber(
        said.names().get(column),
        absolute / count,
        Math.sqrt(squared / count),
        bias / count,
        spread == 0 ? Double.NaN : 1 - squared / spread);
  }

  /**
   * As {@code evaluate --json} prints it: {@code {loss, METRIC…, classes:[{class, precision,
   * recall, f1, support}], confusion:[[…]]}}; for labels without {@code confusion}, for numbers
   * with {@code outputs:[{output, mae, rmse, bias, r2}]} in place of both.
   */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>(metrics);
    if (kind == Predictions.Kind.NUMBERS) {
      json.put("outputs", numbers.stream().map(Evaluation::json).toList());
      return json;
    }
    json.put("classes", classes.stream().map(Evaluation::json).toList());
    if (kind == Predictions.Kind.CLASSES) {
      json.put("confusion", Arrays.asList(confusion));
    }
    return json;
  }

  private static Map<String, Object> json(OfClass figures) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("class", figures.name());
    json.put("precision", figures.precision());
    json.put("recall", figures.recall());
    json.put("f1", figures.f1());
    json.put("support", figures.support());
    return json;
  }

  private static Map<String, Object> json(OfNumber figures) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", figures.name());
    json.put("mae", figures.mae());
    json.put("rmse", figures.rmse());
    json.put("bias", figures.bias());
    json.put("r2", Double.isNaN(figures.r2()) ? null : figures.r2());
    return json;
  }

  /** The figures as text: metrics, per-class figures, and the confusion matrix of few classes. */
  public String text() {
    return EvaluationText.of(this);
  }
}
