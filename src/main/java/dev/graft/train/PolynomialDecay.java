package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keras's {@code (start − end) · (1 − step / steps) ^ power + end}, constant after {@code steps};
 * cycling, the number of steps grows to the next multiple instead.
 */
public record PolynomialDecay(float start, float steps, float end, float power, boolean cycle)
    implements Schedule {
  static PolynomialDecay read(Config c) {
    return new PolynomialDecay(
        (float) c.number("initial_learning_rate"),
        (float) ExponentialDecay.positive(c, "decay_steps"),
        (float) c.number("end_learning_rate", 1e-4),
        (float) c.number("power", 1),
        c.flag("cycle", false));
  }

  @Override
  public float rate(long step) {
    float at = step;
    float whole = steps;
    if (cycle) {
      whole *= step == 0 ? 1 : (float) Math.ceil(at / steps);
    } else {
      at = Math.min(at, steps);
    }
    return (start - end) * (float) Math.pow(1 - at / whole, power) + end;
  }

  @Override
  public Object config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("initial_learning_rate", start);
    config.put("decay_steps", steps);
    config.put("end_learning_rate", end);
    config.put("power", power);
    config.put("cycle", cycle);
    return Schedule.keras("PolynomialDecay", config);
  }
}
