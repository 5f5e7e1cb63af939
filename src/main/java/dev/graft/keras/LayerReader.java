package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
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
  private final Networks networks;
  private final Set<String> notes = new LinkedHashSet<>();

  /** Reads networks that stand where a layer may stand. */
  interface Networks {
    /** The network of {@code {"class_name": …, "config": …}}. */
    Model read(Config document, boolean trainable);
  }

  LayerReader(String file, Dialect dialect, Layers layers, Networks networks) {
    this.file = file;
    this.dialect = dialect;
    this.networks = networks;
    Layers all = layers;
    // Inside a wrapper such as TimeDistributed.
    for (String className : ModelReader.NETWORKS) {
      all = all.with(className, (config, table) -> wrapped(className, config));
    }
    this.layers = all;
  }

  private Layer wrapped(String className, Config config) {
    Map<String, Object> document =
        Map.of("class_name", className, "config", config.ignore().plain());
    return new Nested(networks.read(Config.of(document, config.where()), true));
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
    boolean own = (config.isList() || config.flag("trainable", true)) && trainable;
    if (ModelReader.isNetwork(className)) {
      return new Model.Entry(name, own, new Nested(networks.read(item, own)));
    }
    if (className.equals("InputLayer")) {
      return new Model.Entry(name, own, new InputLayer(InputSpecs.of(config, where)));
    }
    policy(config, where);
    Dialect.Words words = dialect.words(className, settings(config), where);
    String known = Layers.nameOf(module(item), words.className());
    if (!layers.knows(known) && (layers.knows(words.className()) || !item.has("module"))) {
      known = words.className();
    }
    // Operations that Keras 3 leaves without a module in a .h5, and some with a type.
    String operation = Layers.nameOf("keras.src.ops", words.className());
    if (!layers.knows(known) && dialect.generation() > 2 && layers.knows(operation)) {
      known = operation;
    }
    if (known.equals(operation) && config.has("dtype")) {
      // A layer's says how it computes; an operation's is a setting: what it casts to.
      words.config().put("dtype", config.get("dtype").plain());
    }
    return new Model.Entry(name, own, layer(known, name, words, where));
  }

  /**
   * The Python module of the class. Keras 3 leaves it out of {@code .h5} files, where only the
   * missing flag and type tell the operation Add from the layer Add.
   */
  private String module(Config item) {
    if (item.has("module") && item.get("module").isString()) {
      return item.string("module");
    }
    Config config = item.get("config");
    boolean bare =
        dialect.generation() > 1
            && config.isObject()
            && !config.contains("trainable")
            && !config.contains("dtype");
    return bare ? "keras.src.ops" : null;
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
  private static Map<String, Object> settings(Config config) {
    return (Map<String, Object>) config.plain();
  }

  private Layer layer(String className, String name, Dialect.Words words, String where) {
    Config settings = Config.of(words.config(), where);
    if (className.equals("Lambda")) {
      return lambda(name, settings, where);
    }
    Layer layer = layers.read(className, settings);
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
