package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The table of losses by Keras's names. */
public final class Losses {
  private static final Map<String, Function<Config, Loss>> READERS = new LinkedHashMap<>();

  static {
    add(
        c -> new Crossentropy(false, c.flag("from_logits", false), c.number("label_smoothing", 0)),
        "categorical_crossentropy",
        "CategoricalCrossentropy");
    add(
        c -> new Crossentropy(true, c.flag("from_logits", false), 0),
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy");
  }

  private Losses() {}

  private static void add(Function<Config, Loss> reader, String... names) {
    for (String name : names) {
      READERS.put(name, reader);
    }
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
    named.config().ignore("name", "reduction", "dtype", "axis");
    Loss loss = reader.apply(named.config());
    named.config().done();
    return loss;
  }
}
