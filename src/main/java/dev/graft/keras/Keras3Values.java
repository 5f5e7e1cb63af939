package dev.graft.keras;

import dev.graft.layers.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Arguments of operations that JSON has no words for, as Keras 3 writes them: slices, an ellipsis,
 * arrays. Source: Keras 3.15 {@code saving/serialization_lib.py}.
 */
final class Keras3Values {
  private static final Set<String> SLICE = Set.of("start", "stop", "step");

  private Keras3Values() {}

  /** Positional arguments; where {@code operation} takes a tensor, a list is an array. */
  static List<Object> args(List<Object> args, Operation operation) {
    List<Object> written = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      List<String> names = operation.parameters();
      boolean tensor = i < names.size() && names.get(i).matches("x\\d?");
      written.add(
          tensor && args.get(i) instanceof List<?> list && !symbolic(list)
              ? object("__numpy__", array(list))
              : written(args.get(i)));
    }
    return written;
  }

  private static boolean symbolic(List<?> list) {
    return list.isEmpty() || list.stream().anyMatch(item -> item instanceof Map<?, ?>);
  }

  private static Map<String, Object> array(List<?> values) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("value", values);
    config.put("dtype", "float32");
    return config;
  }

  /** Keyword arguments. */
  static Map<String, Object> kwargs(Map<String, Object> kwargs) {
    Map<String, Object> all = new LinkedHashMap<>();
    kwargs.forEach((key, value) -> all.put(key, written(value)));
    return all;
  }

  private static Object written(Object value) {
    if ("...".equals(value)) {
      return object("__ellipsis__", Map.of());
    }
    if (value instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(item -> all.add(written(item)));
      return all;
    }
    if (value instanceof Map<?, ?> map && map.keySet().equals(SLICE)) {
      return object("__slice__", Dialect.text(map));
    }
    return value;
  }

  private static Map<String, Object> object(String className, Map<String, Object> config) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("class_name", className);
    object.put("config", config);
    return object;
  }
}
