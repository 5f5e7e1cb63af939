package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code decay} argument of Keras 1 and 2: {@code start / (1 + decay · step)}. A callback may
 * set the start.
 */
public record PowerDecay(float start, float decay) implements Schedule {
  @Override
  public float rate(long step) {
    return start / (1 + decay * step);
  }

  @Override
  public Optional<Schedule> startingAt(float rate) {
    return Optional.of(new PowerDecay(rate, decay));
  }

  @Override
  public Object config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("initial_learning_rate", start);
    config.put("decay_steps", 1);
    config.put("decay_rate", decay);
    config.put("staircase", false);
    config.put("name", "InverseTimeDecay");
    return Schedule.keras("InverseTimeDecay", config);
  }
}
