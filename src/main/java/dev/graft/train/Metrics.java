package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import dev.graft.train.IntersectionOverUnion.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The table of metrics by Keras's names. */
public final class Metrics {
  private static final Map<String, Reader> READERS = new LinkedHashMap<>();
  private static final Pattern CLASS_NAME = Pattern.compile("AUC|[A-Z].*[a-z].*");

  /** Makes a metric from its config, under {@code name}. */
  @FunctionalInterface
  private interface Reader {
    Metric read(Config config, String name);
  }

  static {
    accuracies();
    means();
    ThresholdMetrics.into((className, reader) -> add(reader::read, className));
    add(
        (c, n) ->
            new FBeta(n, "FBetaScore", average(c), c.number("beta", 1), optional(c, "threshold")),
        "FBetaScore",
        "fbeta_score",
        "f_beta_score");
    add(
        (c, n) -> new FBeta(n, "F1Score", average(c), 1, optional(c, "threshold")),
        "F1Score",
        "f1_score");
    add((c, n) -> rSquared(c, n), "R2Score", "r2_score");
    for (String className : List.of("IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "BinaryIoU")) {
      add((c, n) -> overlap(c, n, className), className, snakeCase(className));
    }
  }

  private Metrics() {}

  private static void accuracies() {
    add((c, n) -> new Accuracy(n, null, 0.5), "accuracy", "acc");
    add((c, n) -> new Accuracy(n, Loss.Labels.NUMBERS, 0.5), "Accuracy");
    add(
        (c, n) -> new Accuracy(n, Loss.Labels.CATEGORICAL, 0.5),
        "categorical_accuracy",
        "CategoricalAccuracy");
    add(
        (c, n) -> new Accuracy(n, Loss.Labels.SPARSE, 0.5),
        "sparse_categorical_accuracy",
        "SparseCategoricalAccuracy");
    add(
        (c, n) -> new Accuracy(n, Loss.Labels.BINARY, c.number("threshold", 0.5)),
        "binary_accuracy",
        "BinaryAccuracy");
    add(
        (c, n) -> new TopK(n, false, c.integer("k", 5)),
        "top_k_categorical_accuracy",
        "TopKCategoricalAccuracy");
    add(
        (c, n) -> new TopK(n, true, c.integer("k", 5)),
        "sparse_top_k_categorical_accuracy",
        "SparseTopKCategoricalAccuracy");
  }

  private static void means() {
    loss("categorical_crossentropy", "CategoricalCrossentropy");
    loss("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy");
    loss("binary_crossentropy", "BinaryCrossentropy", "bce", "BCE");
    add(
        (c, n) -> new MeanMetric(n, "Crossentropy", new ShapedCrossentropy(), false),
        "crossentropy",
        "ce");
    mean(Distances.SQUARED, "MeanSquaredError", "mse", "MSE");
    mean(Distances.ABSOLUTE, "MeanAbsoluteError", "mae", "MAE");
    mean(Distances.PERCENTAGE, "MeanAbsolutePercentageError", "mape", "MAPE");
    mean(Distances.LOGARITHMIC, "MeanSquaredLogarithmicError", "msle", "MSLE");
    mean(Distances.LOG_COSH, "LogCoshError", "logcosh", "log_cosh_error");
    mean(Distances.POISSON, "Poisson");
    mean(Distances.DIVERGENCE, "KLDivergence", "kld", "KLD", "kullback_leibler_divergence");
    mean(Distances.SIMILARITY, "CosineSimilarity", "cosine_proximity", "cosine");
    mean(Distances.HINGE, "Hinge");
    mean(Distances.SQUARED_HINGE, "SquaredHinge");
    mean(Distances.CATEGORICAL_HINGE, "CategoricalHinge");
    mean(Distances.PEARSON, "PearsonCorrelation");
    mean(Distances.CONCORDANCE, "ConcordanceCorrelation");
    add(
        (c, n) ->
            new MeanMetric(
                n, "MeanRelativeError", Distances.relative(c.get("normalizer").numbers()), false),
        "MeanRelativeError",
        "mean_relative_error");
    add(
        (c, n) -> new MeanMetric(n, "RootMeanSquaredError", Distances.SQUARED, true),
        "RootMeanSquaredError",
        "root_mean_squared_error");
  }

  private static void loss(String function, String className, String... others) {
    Reader reader = (c, n) -> new MeanMetric(n, className, Losses.named(function, c), false);
    add(reader, function, className);
    add(reader, others);
  }

  private static void mean(Distance distance, String className, String... others) {
    Reader reader =
        (c, n) -> {
          c.ignore("axis");
          return new MeanMetric(n, className, distance, false);
        };
    add(reader, distance.name(), className);
    add(reader, others);
  }

  private static void add(Reader reader, String... names) {
    for (String name : names) {
      READERS.put(name, reader);
    }
  }

  private static String average(Config c) {
    String average = c.string("average", "none");
    if (!List.of("micro", "macro", "weighted", "none").contains(average)) {
      throw c.get("average").wrong("micro, macro, weighted or null");
    }
    return average;
  }

  private static Double optional(Config c, String key) {
    return c.has(key) ? (Double) c.number(key) : null;
  }

  private static Metric rSquared(Config c, String name) {
    if (c.integer("num_regressors", 0) != 0) {
      throw c.get("num_regressors").wrong("0, the only way Graft knows");
    }
    return switch (c.string("class_aggregation", "uniform_average")) {
      case "uniform_average" -> new RSquared(name, false);
      case "variance_weighted_average" -> new RSquared(name, true);
      default ->
          throw c.get("class_aggregation").wrong("uniform_average or variance_weighted_average");
    };
  }

  private static Metric overlap(Config c, String name, String className) {
    c.ignore("axis");
    boolean binary = className.equals("BinaryIoU");
    boolean oneHot = className.startsWith("OneHot");
    int classes = binary ? 2 : c.integer("num_classes");
    List<Integer> looked =
        className.contains("Mean") || (binary && !c.has("target_class_ids"))
            ? IntStream.range(0, classes).boxed().toList()
            : Arrays.stream(c.get("target_class_ids").integers()).boxed().toList();
    if (looked.stream().anyMatch(id -> id < 0 || id >= classes)) {
      throw c.get("target_class_ids").wrong("classes from 0 to " + (classes - 1));
    }
    return new IntersectionOverUnion(
        name,
        className,
        classes,
        looked,
        c.has("ignore_class") ? (Integer) c.integer("ignore_class") : null,
        oneHot || !c.flag("sparse_y_true", true) ? Reading.LARGEST : Reading.NUMBER,
        binary
            ? Reading.THRESHOLD
            : c.flag("sparse_y_pred", !oneHot) ? Reading.NUMBER : Reading.LARGEST,
        binary ? c.number("threshold", 0.5) : 0);
  }

  /**
   * The metric that {@code value} names, in any of the three forms of a Keras thing. A plain name
   * is also what it is logged as; a class is logged under its {@code name} or Keras's default.
   */
  public static Metric read(Config value) {
    return read(value, Generation.KERAS_3);
  }

  /**
   * As the other method; Keras 2 logs a class that is given by its name alone under the class's
   * usual name: {@code "AUC"} is {@code auc}.
   */
  public static Metric read(Config value, Generation generation) {
    Config.Named named = value.named();
    Reader reader = READERS.get(named.className());
    if (reader == null) {
      throw new UnsupportedException(
          value.where()
              + ": Graft has no metric '"
              + named.className()
              + "'."
              + Absent.reason(Absent.METRICS, named.className())
              + Nearest.hint(named.className(), READERS.keySet()));
    }
    named.config().ignore("dtype", "fn");
    boolean asGiven =
        value.isString()
            && (generation == Generation.KERAS_3 || !CLASS_NAME.matcher(value.string()).matches());
    String usual = asGiven ? value.string() : usualName(named.className());
    Metric metric = reader.read(named.config(), named.config().string("name", usual));
    named.config().done();
    return metric;
  }

  /** Keras's default name of an instance of a class. */
  private static String usualName(String className) {
    return switch (className) {
      case "LogCoshError" -> "logcosh";
      case "FBetaScore" -> "fbeta_score";
      default -> snakeCase(className);
    };
  }

  /** A class name as Keras writes it in names: {@code BinaryAccuracy} → binary_accuracy. */
  static String snakeCase(String className) {
    return className
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /** {@code names} with a number after those that came before, as Keras tells them apart. */
  static List<String> unique(List<String> names) {
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      String own = name;
      for (int i = 1; unique.contains(own); i++) {
        own = name + "_" + i;
      }
      unique.add(own);
    }
    return unique;
  }
}
