package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Layers inside layers: how they are read, written, and what weights they bring. */
final class Wrapped {
  private Wrapped() {}

  /** The layer under {@code key}, with the name and the trainable flag it was saved with. */
  static Model.Entry read(Config c, String key, Layers layers) {
    return read(c.get(key), layers);
  }

  /** A layer object {@code {"class_name": …, "config": …}}. */
  static Model.Entry read(Config object, Layers layers) {
    Config.Named named = object.named();
    String module =
        object.isObject() && object.has("module") && object.get("module").isString()
            ? object.string("module")
            : null;
    Config config = named.config();
    config.ignore("dtype", "batch_input_shape", "build_config");
    String name = config.string("name", named.className());
    boolean trainable = config.flag("trainable", true);
    Layer layer = layers.read(Layers.nameOf(module, named.className()), config);
    return new Model.Entry(name, trainable, layer);
  }

  /** As Keras's config has it. */
  static Map<String, Object> config(Model.Entry entry) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("name", entry.name());
    inner.put("trainable", entry.trainable());
    inner.putAll(entry.layer().config());
    return KerasObject.of(entry.layer().module(), entry.layer().className(), inner);
  }

  /** The weights of {@code entry} under {@code prefix}; a frozen layer's are not trained. */
  static List<Slot> slots(String prefix, Model.Entry entry, List<Spec> inputs) {
    List<Slot> slots = new ArrayList<>();
    for (Slot slot : entry.layer().slots(inputs)) {
      Slot under = slot.under(prefix);
      slots.add(entry.trainable() ? under : under.frozen());
    }
    return slots;
  }

  /** The layer of {@code entry} as a {@code type}. */
  static <T extends Layer> T as(Class<T> type, Model.Entry entry, String where) {
    if (!type.isInstance(entry.layer())) {
      throw new UnsupportedException(
          where
              + " around "
              + entry.layer().className()
              + ": Graft knows it around "
              + type.getSimpleName()
              + " layers only.");
    }
    return type.cast(entry.layer());
  }
}
