package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.layers.Layers;
import dev.graft.model.Surgery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a recipe's list of layers, with common settings and the number of classes filled in. */
final class HeadReader {
  private final Layers layers;
  private final Config defaults;
  private final int classes;

  /**
   * A reader.
   *
   * @param defaults settings a layer class has unless the layer says otherwise
   * @param classes what {@code "classes"} stands for
   */
  HeadReader(Layers layers, Config defaults, int classes) {
    this.layers = layers;
    this.defaults = defaults;
    this.classes = classes;
  }

  List<Surgery.Named> read(Config list) {
    List<Surgery.Named> head = new ArrayList<>();
    for (Config item : list.items()) {
      Config.Named named = item.named();
      Map<String, Object> settings = new LinkedHashMap<>();
      if (defaults != null && defaults.has(named.className())) {
        settings.putAll(map(defaults.get(named.className()).plain()));
      }
      settings.putAll(map(named.config().plain()));
      Config config = Config.of(filled(settings, item), item.where(named.className()));
      config.ignore("dtype", "trainable", "batch_shape", "batch_input_shape");
      String name = config.string("name", null);
      head.add(new Surgery.Named(name, layers.read(named.className(), config)));
      config.done();
    }
    return head;
  }

  private Map<String, Object> filled(Map<String, Object> settings, Config item) {
    Map<String, Object> filled = new LinkedHashMap<>(settings);
    filled.replaceAll(
        (key, value) -> {
          if (!"classes".equals(value)) {
            return value;
          }
          if (classes < 1) {
            throw item.wrong("a number for '" + key + "', since the data has no classes");
          }
          return classes;
        });
    return filled;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object plain) {
    return (Map<String, Object>) plain;
  }
}
