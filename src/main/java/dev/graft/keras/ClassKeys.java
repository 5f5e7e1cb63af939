package dev.graft.keras;

import dev.graft.layers.Model;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The names Keras 3's saving library gives to the layers of a model: the class in small letters,
 * counted. Source: Keras 3.15 {@code saving/saving_lib.py _save_container_state}, {@code
 * utils/naming.py to_snake_case}.
 */
final class ClassKeys {
  private ClassKeys() {}

  /** The key of each layer by its name, in the order of {@code model.layers}. */
  static Map<String, String> of(Model model) {
    return of(model.kerasLayers());
  }

  private static Map<String, String> of(List<Model.Entry> entries) {
    Map<String, Integer> used = new HashMap<>();
    Map<String, String> keys = new LinkedHashMap<>();
    for (Model.Entry entry : entries) {
      String word = snake(entry.layer().className());
      int count = used.merge(word, 1, Integer::sum);
      keys.put(entry.name(), count == 1 ? word : word + "_" + (count - 1));
    }
    return keys;
  }

  /** {@code Conv2DTranspose} to {@code conv2d_transpose}. */
  static String snake(String className) {
    return className
        .replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
