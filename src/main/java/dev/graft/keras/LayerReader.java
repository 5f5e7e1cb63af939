package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one layer of a network's config. */
final class LayerReader {
  private static final Pattern ROUNDED = Pattern.compile("(mixed_)?b?float(16|64)");

  private final String file;
  private final Dialect dialect;
  private final Layers layers;
  private final Set<String> notes = new LinkedHashSet<>();

  LayerReader(String file, Dialect dialect, Layers layers) {
    this.file = file;
    this.dialect = dialect;
    this.layers = layers;
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Counts as read what Keras 3 writes around a config, and what says nothing more. */
  static void ignoreWrapping(Config item) {
    item.ignore("module", "registered_name", "build_config", "compile_config", "shared_object_id");
  }

  /** The layer of {@code {"class_name": …, "config": …}}, under its name. */
  Model.Entry read(Config item, boolean trainable) {
    ignoreWrapping(item);
    String className = item.string("class_name");
    Config config = item.get("config");
    String name = name(item);
    String where = file + ": layer '" + name + "' (" + className + ")";
    if (ModelReader.isNetwork(className)) {
      throw new UnsupportedException(where + ": networks inside networks are not supported.");
    }
    boolean own = config.flag("trainable", true) && trainable;
    if (className.equals("InputLayer")) {
      return new Model.Entry(name, own, new InputLayer(InputSpecs.of(config, where)));
    }
    policy(config, where);
    return new Model.Entry(name, own, layer(className, name, config, where));
  }

  /** The layer's name; old files have it in the settings alone. */
  static String name(Config item) {
    Config config = item.get("config");
    if (item.has("name")) {
      return item.string("name");
    }
    return config.isObject() && config.has("name")
        ? config.string("name")
        : item.string("class_name");
  }

  @SuppressWarnings("unchecked")
  private Layer layer(String className, String name, Config config, String where) {
    Dialect.Words words = dialect.words(className, (Map<String, Object>) config.plain(), where);
    Config settings = Config.of(words.config(), where);
    if (words.className().equals("Lambda")) {
      return lambda(name, settings, where);
    }
    Layer layer = layers.read(words.className(), settings);
    settings.done();
    return layer;
  }

  private Layer lambda(String name, Config settings, String where) {
    for (String registered : List.of("Lambda:" + name, "Lambda")) {
      if (layers.knows(registered)) {
        return layers.read(registered, settings.ignore());
      }
    }
    throw new UnsupportedException(
        where
            + ": a Lambda holds Python code, which Graft does not run. Register a layer in Java for"
            + " it: Layers.with(\"Lambda:"
            + name
            + "\", reader).");
  }

  /** Notes a dtype policy in which Graft does not compute. */
  void policy(Config config, String where) {
    String policy = InputSpecs.policy(config, where);
    if (policy != null && ROUNDED.matcher(policy).matches()) {
      notes.add("its layers compute in '" + policy + "'; Graft computes in float32.");
    }
  }

  /** The InputLayer that a Sequential's first layer stands for. */
  Model.Entry inputBefore(Config item, Model.Entry first, Spec start) {
    Spec spec = InputSpecs.ofFirst(item.get("config"), file);
    if (spec == null) {
      spec = start;
    }
    if (spec == null) {
      throw new SettingException(
          file
              + ": the Sequential model was saved before it was built, and its first layer '"
              + first.name()
              + "' does not say what goes in. Give the input's shape, as in --input 28,28,1.");
    }
    return new Model.Entry(first.name() + "_input", true, new InputLayer(spec));
  }
}
