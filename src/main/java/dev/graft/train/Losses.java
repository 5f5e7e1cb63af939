package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The table of losses by Keras's names. */
public final class Losses {
  private static final Map<String, Function<Config, Loss>> READERS = new LinkedHashMap<>();

  static {
    add(
        c ->
            new Crossentropy(
                false, c.flag("from_logits", false), c.number("label_smoothing", 0), null),
        "categorical_crossentropy",
        "CategoricalCrossentropy");
    add(
        c ->
            new Crossentropy(
                true,
                c.flag("from_logits", false),
                0,
                c.has("ignore_class") ? (Integer) c.integer("ignore_class") : null),
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy");
    add(
        c -> new BinaryCrossentropy(c.flag("from_logits", false), c.number("label_smoothing", 0)),
        "binary_crossentropy",
        "BinaryCrossentropy",
        "bce",
        "BCE");
    add(c -> focal(false, c), "categorical_focal_crossentropy", "CategoricalFocalCrossentropy");
    add(c -> focal(true, c), "binary_focal_crossentropy", "BinaryFocalCrossentropy");
    add(Distances.SQUARED, "mse", "MSE");
    add(Distances.ABSOLUTE, "mae", "MAE");
    add(Distances.PERCENTAGE, "mape", "MAPE");
    add(Distances.LOGARITHMIC, "msle", "MSLE");
    add(Distances.LOG_COSH, "logcosh");
    add(Distances.POISSON);
    add(Distances.DIVERGENCE, "kld", "KLD", "kullback_leibler_divergence");
    add(Distances.COSINE, "cosine_proximity", "cosine");
    add(Distances.HINGE);
    add(Distances.SQUARED_HINGE);
    add(Distances.CATEGORICAL_HINGE);
    add(c -> Distances.huber(c.number("delta", 1)), "huber", "Huber", "huber_loss");
    add(
        c -> Distances.generalised(c.number("q", 0.5)),
        "categorical_generalized_cross_entropy",
        "CategoricalGeneralizedCrossEntropy");
    add(
        c ->
            new Circle(
                c.number("gamma", 80), c.number("margin", 0.4), c.flag("remove_diagonal", true)),
        "circle",
        "Circle");
    add(c -> new Ctc(), "ctc", "CTC");
    add(c -> new Tversky(true, 0, 0, axes(c)), "dice", "Dice");
    add(
        c -> new Tversky(false, c.number("alpha", 0.5), c.number("beta", 0.5), axes(c)),
        "tversky",
        "Tversky");
  }

  private Losses() {}

  private static void add(Function<Config, Loss> reader, String... names) {
    for (String name : names) {
      READERS.put(name, reader);
    }
  }

  private static void add(Distance distance, String... names) {
    add(c -> distance, names);
    add(c -> distance, distance.name(), distance.className());
  }

  private static Loss focal(boolean binary, Config c) {
    return new Focal(
        binary,
        c.flag("apply_class_balancing", false),
        c.number("alpha", 0.25),
        c.number("gamma", 2),
        c.flag("from_logits", false),
        c.number("label_smoothing", 0));
  }

  private static List<Integer> axes(Config c) {
    return c.has("axis") ? Arrays.stream(c.get("axis").integers()).boxed().toList() : null;
  }

  /** The loss that {@code value} names, in any of the three forms of a Keras thing. */
  public static Loss read(Config value) {
    Config.Named named = value.named();
    Function<Config, Loss> reader = READERS.get(named.className());
    if (reader == null) {
      throw new UnsupportedException(
          value.where()
              + ": Graft has no loss '"
              + named.className()
              + "'."
              + Nearest.hint(named.className(), READERS.keySet()));
    }
    Config c = named.config();
    c.ignore("name", "dtype", "fn");
    Loss loss = reader.apply(c);
    if (c.has("axis") && !(loss instanceof Tversky) && c.integer("axis") != -1) {
      throw c.get("axis").wrong("-1, the last dimension");
    }
    Loss reduced = loss.reduced(reduction(c));
    c.done();
    return reduced;
  }

  /** The loss {@code name} with the settings of a metric that is its mean. */
  static Loss named(String name, Config settings) {
    settings.ignore("axis");
    return READERS.get(name).apply(settings);
  }

  private static Loss.Reduction reduction(Config c) {
    return switch (c.string("reduction", "auto")) {
      case "auto", "sum_over_batch_size", "mean" -> Loss.Reduction.MEAN;
      case "sum" -> Loss.Reduction.SUM;
      case "mean_with_sample_weight" -> Loss.Reduction.WEIGHTED_MEAN;
      default ->
          throw c.get("reduction").wrong("sum_over_batch_size, sum or mean_with_sample_weight");
    };
  }
}
