package dev.graft.keras;

import dev.graft.layers.KerasObject;
import java.util.List;
import java.util.Map;

/** Values of settings that older Kerases wrote otherwise: initializers, activations, numbers. */
final class OldValues {
  /** Keras 1's and 2's short names, with the settings they stood for. */
  private static final Map<String, Object> INITIALIZERS =
      Map.of(
          "normal", KerasObject.of("RandomNormal", Map.of("mean", 0.0, "stddev", 0.05)),
          "uniform", KerasObject.of("RandomUniform", Map.of("minval", -0.05, "maxval", 0.05)),
          "zero", KerasObject.of("Zeros", Map.of()),
          "one", KerasObject.of("Ones", Map.of()));

  private OldValues() {}

  /** {@code value} of the setting {@code key} as Keras 3 writes it. */
  static Object modern(String key, Object value, int generation) {
    Object plain = unwrapped(value);
    if (key.endsWith("initializer")) {
      return initializer(plain);
    }
    if (key.endsWith("activation") && generation <= 2) {
      return plain.equals("hard_sigmoid") ? "hard_sigmoid_keras2" : plain;
    }
    return plain;
  }

  /**
   * A NumPy array or number as some Keras 2 wrote it: {@code {"type": "ndarray", "value": …}}; or a
   * tuple: {@code {"class_name": "__tuple__", "items": …}}.
   */
  private static Object unwrapped(Object value) {
    if (value instanceof Map<?, ?> map && "__tuple__".equals(map.get("class_name"))) {
      return map.get("items");
    }
    if (value instanceof Map<?, ?> map
        && map.get("type") instanceof String type
        && map.containsKey("value")
        && (type.equals("ndarray") || type.startsWith("float") || type.startsWith("int"))) {
      return map.get("value");
    }
    return value;
  }

  private static Object initializer(Object value) {
    if (value instanceof String name) {
      return INITIALIZERS.getOrDefault(name, name);
    }
    if (!(value instanceof Map<?, ?> map)
        || !(map.get("class_name") instanceof String className)
        || !(map.get("config") instanceof Map<?, ?> settings)) {
      return value;
    }
    Map<String, Object> config = Dialect.text(settings);
    config.remove("dtype");
    for (String axes : List.of("input_axes", "output_axes")) {
      if (config.get(axes) == null) {
        config.remove(axes);
      }
    }
    if ("normal".equals(config.get("distribution"))) {
      config.put("distribution", "truncated_normal");
    }
    return KerasObject.of(ClassNames.plain(className).replaceFirst("V[12]$", ""), config);
  }
}
