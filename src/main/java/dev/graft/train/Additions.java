package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A user's own losses, metrics and callbacks, by the names that a recipe calls them by. A name of
 * Keras's that is given here takes the place of Keras's.
 *
 * @param losses makers of losses from their settings
 * @param metrics makers of metrics from their settings
 * @param callbacks makers of callbacks from their settings
 */
public record Additions(
    Map<String, Function<Config, Loss>> losses,
    Map<String, Function<Config, Metric>> metrics,
    Map<String, Function<Config, Callback>> callbacks) {
  /** Keras's own and no more. */
  public static final Additions NONE = new Additions(Map.of(), Map.of(), Map.of());

  /** Copies the maps. */
  public Additions {
    losses = Map.copyOf(losses);
    metrics = Map.copyOf(metrics);
    callbacks = Map.copyOf(callbacks);
  }

  /** The same with a loss, read by {@code maker} from the settings a recipe gives it. */
  public Additions withLoss(String name, Function<Config, Loss> maker) {
    return new Additions(and(losses, name, maker), metrics, callbacks);
  }

  /** The same with a metric. */
  public Additions withMetric(String name, Function<Config, Metric> maker) {
    return new Additions(losses, and(metrics, name, maker), callbacks);
  }

  /** The same with a callback; every stage that names it gets one of its own. */
  public Additions withCallback(String name, Function<Config, Callback> maker) {
    return new Additions(losses, metrics, and(callbacks, name, maker));
  }

  /** The loss that {@code value} names: the user's, else Keras's. */
  public Loss loss(Config value) {
    return made(value, losses, Losses::read);
  }

  /** The metric that {@code value} names: the user's, else that of a Keras. */
  public Metric metric(Config value, Generation generation) {
    return made(value, metrics, v -> Metrics.read(v, generation));
  }

  private static <T> T made(
      Config value, Map<String, Function<Config, T>> own, Function<Config, T> keras) {
    Config.Named named = value.named();
    Function<Config, T> maker = own.get(named.className());
    if (maker == null) {
      return keras.apply(value);
    }
    T made = maker.apply(named.config());
    named.config().done();
    return made;
  }

  private static <T> Map<String, T> and(Map<String, T> map, String name, T value) {
    Map<String, T> more = new LinkedHashMap<>(map);
    more.put(name, value);
    return more;
  }
}
