package dev.graft.keras;

import dev.graft.layers.Bidirectional;
import dev.graft.layers.KerasObject;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.TimeDistributed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A layer's settings for writing, with those of the layers inside it, in a dialect's words. */
final class LayerWords {
  private LayerWords() {}

  /**
   * The settings of {@code entry}'s layer, without name, trainable and dtype.
   *
   * @throws dev.graft.error.UnsupportedException when {@code dialect} cannot say one of them
   */
  static Map<String, Object> of(Model.Entry entry, ConfigDialect dialect) {
    Layer layer = entry.layer();
    String where = "layer '" + entry.name() + "' (" + layer.className() + ")";
    Map<String, Object> config = new LinkedHashMap<>();
    if (layer instanceof TimeDistributed steps) {
      config.put("layer", dialect.inner(steps.layer()));
    } else if (layer instanceof Bidirectional ways) {
      config.put("merge_mode", ways.mergeMode());
      config.put("layer", dialect.inner(ways.forward()));
      config.put("backward_layer", dialect.inner(ways.backward()));
    } else {
      layer.config().forEach((key, value) -> config.put(key, value(value, dialect, where)));
    }
    dialect.translate(layer.className(), config, where);
    return config;
  }

  /** Cells, and layers that are activations, are said in the dialect too. */
  private static Object value(Object value, ConfigDialect dialect, String where) {
    if (value instanceof List<?> list) {
      List<Object> result = new ArrayList<>();
      list.forEach(item -> result.add(value(item, dialect, where)));
      return result;
    }
    if (!(value instanceof Map<?, ?> map)
        || !(map.get("class_name") instanceof String className)
        || !(map.get("config") instanceof Map<?, ?> settings)
        || !"keras.layers".equals(map.get("module"))) {
      return value;
    }
    Map<String, Object> config = new LinkedHashMap<>();
    Dialect.text(settings).forEach((key, item) -> config.put(key, value(item, dialect, where)));
    dialect.translate(className, config, where);
    return KerasObject.of("keras.layers", className, config);
  }
}
