package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates a layer's class and settings, as some Keras wrote them, into Keras 3's words, which
 * {@link dev.graft.layers.Layers} reads.
 *
 * <p>Settings that mean nothing to the computation are left out; settings that would change it and
 * that Graft does not have are refused.
 */
final class Dialect {
  private final int generation;

  /**
   * @param generation of the Keras that wrote the file: 1, 2 or 3
   */
  Dialect(int generation) {
    this.generation = generation;
  }

  int generation() {
    return generation;
  }

  /**
   * A layer in Keras 3's words.
   *
   * @param className Keras 3's name for the class
   * @param config without name, trainable, dtype and input shape
   */
  record Words(String className, Map<String, Object> config) {}

  /** The layer {@code className} with the settings {@code raw}; {@code where} is for errors. */
  Words words(String className, Map<String, Object> raw, String where) {
    Map<String, Object> config = new LinkedHashMap<>(raw);
    String old = ClassNames.plain(className);
    if (generation <= 1) {
      Keras1Words.translate(old, config, where);
    }
    String name = ClassNames.modern(old, config);
    if (generation <= 2) {
      Keras2Words.translate(old, name, config);
    }
    Neutral.drop(name, config, where);
    config.replaceAll((key, value) -> value(key, value, where));
    return new Words(name, config);
  }

  /** One setting in Keras 3's words: layers inside layers, and what older Kerases wrapped. */
  private Object value(String key, Object value, String where) {
    if (key.equals("layer") || key.equals("backward_layer") || key.equals("cell")) {
      return inner(value, where + ", " + key);
    }
    if (key.equals("cells") && value instanceof List<?> cells) {
      List<Object> translated = new ArrayList<>();
      cells.forEach(cell -> translated.add(inner(cell, where + ", cell")));
      return translated;
    }
    return OldValues.modern(key, value, generation);
  }

  private Object inner(Object value, String where) {
    if (!(value instanceof Map<?, ?> map)
        || !(map.get("class_name") instanceof String className)
        || !(map.get("config") instanceof Map<?, ?> settings)) {
      throw new UnsupportedException(
          where + ": expected a layer with class_name and config, came " + value + ".");
    }
    Map<String, Object> config = text(settings);
    if (ModelReader.isNetwork(className)) {
      // Whoever reads the network translates its layers.
      return Map.of("class_name", ClassNames.plain(className), "config", config);
    }
    Words words = words(className, config, where + " (" + className + ")");
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("class_name", words.className());
    Map<String, Object> kept = new LinkedHashMap<>();
    if (config.get("name") instanceof String name) {
      kept.put("name", name);
    }
    if (config.get("trainable") instanceof Boolean trainable) {
      kept.put("trainable", trainable);
    }
    kept.putAll(words.config());
    whole.put("config", kept);
    return whole;
  }

  /** A JSON object's entries; keys of JSON are always text. */
  static Map<String, Object> text(Map<?, ?> map) {
    Map<String, Object> result = new LinkedHashMap<>();
    map.forEach((key, value) -> result.put((String) key, value));
    return result;
  }
}
