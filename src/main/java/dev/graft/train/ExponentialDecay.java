package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keras's {@code start · rate ^ (step / steps)}; in stairs, the exponent is rounded down. */
public record ExponentialDecay(float start, float steps, float rate, boolean staircase)
    implements Schedule {
  static ExponentialDecay read(Config c) {
    return new ExponentialDecay(
        (float) c.number("initial_learning_rate"),
        (float) positive(c, "decay_steps"),
        (float) c.number("decay_rate"),
        c.flag("staircase", false));
  }

  /** A number over 0. */
  static double positive(Config c, String key) {
    if (!(c.number(key) > 0)) {
      throw c.get(key).wrong("a number over 0");
    }
    return c.number(key);
  }

  @Override
  public float rate(long step) {
    float p = step / steps;
    return start * (float) Math.pow(rate, staircase ? Math.floor(p) : p);
  }

  @Override
  public Object config() {
    return Schedule.keras("ExponentialDecay", decay(start, steps, rate, staircase));
  }

  /** The config that exponential and inverse time decay share. */
  static Map<String, Object> decay(float start, float steps, float rate, boolean staircase) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("initial_learning_rate", start);
    config.put("decay_steps", steps);
    config.put("decay_rate", rate);
    config.put("staircase", staircase);
    return config;
  }
}
