package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The few words in which tf_keras's layer configs differ from Keras 3's. */
final class OldWords {
  private OldWords() {}

  @SuppressWarnings("unchecked")
  static Map<String, Object> translate(String className, Config config) {
    Map<String, Object> words = new LinkedHashMap<>((Map<String, Object>) config.plain());
    words.put("class_name", className);
    words.replaceAll(
        (key, value) ->
            key.endsWith("activation") && "hard_sigmoid".equals(value)
                ? "hard_sigmoid_keras2"
                : value);
    // Keras 2's layers had two ways to compute the same.
    if (!className.startsWith("LocallyConnected")) {
      words.remove("implementation");
    }
    if (className.equals("Bidirectional") || className.equals("TimeDistributed")) {
      words.replaceAll(
          (key, value) -> key.endsWith("layer") ? inner((Map<String, Object>) value) : value);
    }
    switch (className) {
      case "LeakyReLU" -> words.put("negative_slope", words.remove("alpha"));
      case "BatchNormalization" -> words.put("sample_variance", true);
      default -> {
        if (className.startsWith("Depthwise") || className.startsWith("Separable")) {
          List.of("kernel_initializer", "kernel_regularizer", "kernel_constraint", "groups")
              .forEach(words::remove);
        }
        if (className.endsWith("Transpose")) {
          words.remove("groups");
        }
      }
    }
    return words;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> inner(Map<String, Object> object) {
    Map<String, Object> words =
        translate(
            (String) object.get("class_name"),
            Config.of((Map<String, Object>) object.get("config"), "inner"));
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("class_name", words.remove("class_name"));
    whole.put("config", words);
    return whole;
  }
}
