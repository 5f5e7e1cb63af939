package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import dev.graft.train.Thresholds.Counts;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Readers of Keras's metrics over thresholds. */
final class ThresholdMetrics {
  private static final int USUAL_THRESHOLDS = 200;

  private ThresholdMetrics() {}

  /** Makes a metric from its config, under {@code name}. */
  @FunctionalInterface
  interface Reader {
    Metric read(Config config, String name);
  }

  /** One figure where another is good enough. */
  private record Constrained(
      String key, Function<Counts, double[]> wanted, Function<Counts, double[]> given) {}

  /** Hands every reader to {@code table}, under its class name and Keras's function-like name. */
  static void into(BiConsumer<String, Reader> table) {
    put(table, "AUC", (c, n) -> auc(c, n));
    put(table, "Precision", (c, n) -> one(c, n, "Precision", k -> k.precision()[0], true));
    put(table, "Recall", (c, n) -> one(c, n, "Recall", k -> k.recall()[0], true));
    put(table, "TruePositives", (c, n) -> one(c, n, "TruePositives", k -> k.tp()[0], false));
    put(table, "FalsePositives", (c, n) -> one(c, n, "FalsePositives", k -> k.fp()[0], false));
    put(table, "TrueNegatives", (c, n) -> one(c, n, "TrueNegatives", k -> k.tn()[0], false));
    put(table, "FalseNegatives", (c, n) -> one(c, n, "FalseNegatives", k -> k.fn()[0], false));
    constrained(
        table,
        "SensitivityAtSpecificity",
        new Constrained("specificity", Counts::recall, Counts::specificity));
    constrained(
        table,
        "SpecificityAtSensitivity",
        new Constrained("sensitivity", Counts::specificity, Counts::recall));
    constrained(
        table, "PrecisionAtRecall", new Constrained("recall", Counts::precision, Counts::recall));
    constrained(
        table,
        "RecallAtPrecision",
        new Constrained("precision", Counts::recall, Counts::precision));
  }

  private static void put(BiConsumer<String, Reader> table, String className, Reader reader) {
    table.accept(className, reader);
    table.accept(Metrics.snakeCase(className), reader);
  }

  private static Metric one(
      Config c, String name, String className, ThresholdMetric.Figure figure, boolean classes) {
    Integer classId = classes ? whole(c, "class_id") : null;
    Integer topK = classes ? whole(c, "top_k") : null;
    Double at = null;
    if (c.has("thresholds")) {
      double[] all = c.get("thresholds").numbers();
      if (all.length != 1) {
        throw new UnsupportedException(
            c.where()
                + ": 'thresholds': expected one, came "
                + all.length
                + ". Graft logs one figure a metric; give one metric for each.");
      }
      at = all[0];
    }
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("thresholds", at);
    if (classes) {
      config.put("top_k", topK);
      config.put("class_id", classId);
    }
    return new ThresholdMetric(name, className, Thresholds.one(at, classId, topK), figure, config);
  }

  private static Integer whole(Config c, String key) {
    return c.has(key) ? (Integer) c.integer(key) : null;
  }

  private static void constrained(
      BiConsumer<String, Reader> table, String className, Constrained what) {
    put(
        table,
        className,
        (c, name) -> {
          double least = c.number(what.key());
          if (!(least >= 0 && least <= 1)) {
            throw c.get(what.key()).wrong("a share between 0 and 1");
          }
          int count = c.integer("num_thresholds", USUAL_THRESHOLDS);
          Integer classId = whole(c, "class_id");
          Map<String, Object> config = new LinkedHashMap<>();
          config.put("num_thresholds", count);
          config.put(what.key(), least);
          config.put("class_id", classId);
          return new ThresholdMetric(
              name,
              className,
              Thresholds.even(count, false, 1, classId),
              k -> ThresholdMetric.best(what.wanted().apply(k), what.given().apply(k), least),
              config);
        });
  }

  private static Metric auc(Config c, String name) {
    Auc.Curve curve =
        switch (c.string("curve", "ROC").toUpperCase(Locale.ROOT)) {
          case "ROC" -> Auc.Curve.ROC;
          case "PR" -> Auc.Curve.PR;
          default -> throw c.get("curve").wrong("ROC or PR");
        };
    Auc.Summation summation =
        switch (c.string("summation_method", "interpolation").toLowerCase(Locale.ROOT)) {
          case "interpolation" -> Auc.Summation.INTERPOLATION;
          case "majoring" -> Auc.Summation.MAJORING;
          case "minoring" -> Auc.Summation.MINORING;
          default -> throw c.get("summation_method").wrong("interpolation, majoring or minoring");
        };
    int labels = c.flag("multi_label", false) ? c.integer("num_labels") : 1;
    return new Auc(
        name,
        Thresholds.even(c.integer("num_thresholds", USUAL_THRESHOLDS), true, labels, null),
        curve,
        summation,
        c.flag("from_logits", false));
  }
}
