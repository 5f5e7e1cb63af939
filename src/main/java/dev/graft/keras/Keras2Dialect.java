package dev.graft.keras;

import java.util.List;
import java.util.Map;

/**
 * Turns a layer's settings from Keras 3's words into words that tf_keras 2.18 and Keras 3 both
 * read.
 */
final class Keras2Dialect {
  /** Settings that tf_keras does not take. */
  private static final Map<String, List<String>> UNKNOWN =
      Map.of("BatchNormalization", List.of("sample_variance", "synchronized"));

  private Keras2Dialect() {}

  /** Rewrites {@code config} in place. */
  static void translate(String className, Map<String, Object> config) {
    UNKNOWN.getOrDefault(className, List.of()).forEach(config::remove);
    if (className.equals("LeakyReLU") && config.containsKey("negative_slope")) {
      config.put("alpha", config.remove("negative_slope"));
    }
  }
}
