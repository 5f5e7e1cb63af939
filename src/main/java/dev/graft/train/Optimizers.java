package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The table of optimizers by Keras class name. */
public final class Optimizers {
  private static final Map<String, Function<Config, Optimizer>> READERS =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static {
    READERS.put(
        "Adam",
        c ->
            new Adam(
                rate(c, 1e-3),
                c.number("beta_1", 0.9),
                c.number("beta_2", 0.999),
                c.number("epsilon", 1e-7)));
    READERS.put(
        "SGD", c -> new Sgd(rate(c, 1e-2), c.number("momentum", 0), c.flag("nesterov", false)));
  }

  private Optimizers() {}

  /** The optimizer that {@code value} names, in any of the three forms of a Keras thing. */
  public static Optimizer read(Config value) {
    Config.Named named = value.named();
    Function<Config, Optimizer> reader = READERS.get(named.className());
    if (reader == null) {
      throw new UnsupportedException(
          value.where()
              + ": Graft has no optimizer '"
              + named.className()
              + "'."
              + Nearest.hint(named.className(), READERS.keySet()));
    }
    named.config().ignore("name");
    Optimizer optimizer = reader.apply(named.config());
    named.config().done();
    return optimizer;
  }

  private static Schedule rate(Config config, double absent) {
    return new Schedule.Constant((float) config.number("learning_rate", absent));
  }
}
