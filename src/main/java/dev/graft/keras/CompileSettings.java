package dev.graft.keras;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What Keras's {@code compile} was given, as plain data in Keras 3's words. A thing with settings
 * is {@code {"class_name": …, "config": {…}}}.
 *
 * @param optimizer the optimizer's class name, such as {@code Adam}
 * @param optimizerConfig its settings, those that are switched off left out; {@code learning_rate}
 *     is a number or a schedule
 * @param loss a name, a thing, or a list or map of them by output; null when there is none
 * @param metrics a list, or a list of lists, or a map by output; null when there are none
 * @param weightedMetrics as {@code metrics}
 * @param lossWeights a list, or a map by output; null when all are 1
 */
public record CompileSettings(
    String optimizer,
    Map<String, Object> optimizerConfig,
    Object loss,
    Object metrics,
    Object weightedMetrics,
    Object lossWeights) {
  /** Copies its map. */
  public CompileSettings {
    optimizerConfig = Collections.unmodifiableMap(new LinkedHashMap<>(optimizerConfig));
  }
}
