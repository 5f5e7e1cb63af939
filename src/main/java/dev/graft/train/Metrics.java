package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The table of metrics by Keras's names. */
public final class Metrics {
  private static final Map<String, Reader> READERS = new LinkedHashMap<>();

  /** Makes a metric from its config, under {@code name}, for outputs trained with {@code loss}. */
  @FunctionalInterface
  private interface Reader {
    Metric read(Config config, String name, Loss loss);
  }

  static {
    add((c, n, l) -> new Accuracy(n, l.labels(), 0.5), "accuracy", "acc");
    add(
        (c, n, l) -> new Accuracy(n, Loss.Labels.CATEGORICAL, 0.5),
        "categorical_accuracy",
        "CategoricalAccuracy");
    add(
        (c, n, l) -> new Accuracy(n, Loss.Labels.SPARSE, 0.5),
        "sparse_categorical_accuracy",
        "SparseCategoricalAccuracy");
    add(
        (c, n, l) -> new Accuracy(n, Loss.Labels.BINARY, c.number("threshold", 0.5)),
        "binary_accuracy",
        "BinaryAccuracy");
  }

  private Metrics() {}

  private static void add(Reader reader, String... names) {
    for (String name : names) {
      READERS.put(name, reader);
    }
  }

  /**
   * The metric that {@code value} names, in any of the three forms of a Keras thing. A plain name
   * is also what it is logged as; a class is logged under its {@code name} or Keras's default.
   *
   * @param loss decides what {@code accuracy} means, as in Keras
   */
  public static Metric read(Config value, Loss loss) {
    Config.Named named = value.named();
    Reader reader = READERS.get(named.className());
    if (reader == null) {
      throw new UnsupportedException(
          value.where()
              + ": Graft has no metric '"
              + named.className()
              + "'."
              + Nearest.hint(named.className(), READERS.keySet()));
    }
    named.config().ignore("dtype");
    Metric metric =
        reader.read(
            named.config(), named.config().string("name", snakeCase(named.className())), loss);
    named.config().done();
    return metric;
  }

  /** Keras's default name of an instance of a class: {@code BinaryAccuracy} → binary_accuracy. */
  static String snakeCase(String className) {
    return className
        .replaceAll("(.)([A-Z][a-z0-9]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(java.util.Locale.ROOT);
  }
}
