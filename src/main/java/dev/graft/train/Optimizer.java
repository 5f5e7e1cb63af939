package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A Keras optimizer.
 *
 * @param rule how a gradient changes a weight
 * @param learningRate over the steps
 * @param tuning clipping, weight decay, averages
 */
public record Optimizer(Rule rule, Schedule learningRate, Tuning tuning) {
  /** An optimizer that does nothing beside its rule. */
  public static Optimizer of(Rule rule, double learningRate) {
    return new Optimizer(rule, new Schedule.Constant((float) learningRate), Tuning.NONE);
  }

  /** Keras's class name. */
  public String className() {
    return rule.className();
  }

  /** Keras 3's {@code get_config()}. */
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", Metrics.snakeCase(className()));
    config.put("learning_rate", learningRate.config());
    config.putAll(tuning.config());
    config.putAll(rule.config());
    return config;
  }
}
