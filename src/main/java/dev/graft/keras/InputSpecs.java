package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/** Reads what goes into a network: shape, batch first, and element type. */
final class InputSpecs {
  private static final int MOST_DIMENSIONS = 32;

  private InputSpecs() {}

  /** The settings of an InputLayer, all of them. */
  static Spec of(Config config, String where) {
    config.ignore("name", "trainable", "type_spec", "input_tensor");
    for (String key : List.of("sparse", "ragged")) {
      if (config.flag(key, false)) {
        throw new UnsupportedException(where + ": a " + key + " input is not supported.");
      }
    }
    if (config.flag("optional", false)) {
      throw new UnsupportedException(where + ": an optional input is not supported.");
    }
    Config shape = shape(config);
    if (shape == null) {
      throw new UnsupportedException(where + ": an input of unknown rank is not supported.");
    }
    Spec spec = new Spec(sizes(shape), type(config, where));
    config.done();
    return spec;
  }

  /** What the first layer of a Sequential says goes into it; null when it does not. */
  static Spec ofFirst(Config config, String where) {
    Config shape = shape(config);
    return shape == null ? null : new Spec(sizes(shape), type(config, where));
  }

  /** A Sequential's {@code build_input_shape}; null when it says nothing of use. */
  static Spec built(Config shape) {
    return shape.isList() && shape.items().stream().noneMatch(Config::isList)
        ? new Spec(sizes(shape), DType.FLOAT32)
        : null;
  }

  private static Config shape(Config config) {
    for (String key : List.of("batch_input_shape", "batch_shape")) {
      if (config.has(key)) {
        return config.get(key);
      }
    }
    return null;
  }

  private static Shape sizes(Config shape) {
    List<Config> items = shape.items();
    if (items.isEmpty() || items.size() > MOST_DIMENSIONS) {
      throw shape.wrong("1 to " + MOST_DIMENSIONS + " dimensions, the batch first");
    }
    long[] sizes = new long[items.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = items.get(i).isNull() ? -1 : items.get(i).integer();
      if (sizes[i] == 0 || sizes[i] < -1) {
        throw shape.wrong("sizes of at least 1, or null");
      }
    }
    return Shape.of(sizes);
  }

  private static DType type(Config config, String where) {
    String name = config.has("input_dtype") ? config.string("input_dtype") : policy(config, where);
    return name == null ? DType.FLOAT32 : computed(name, where);
  }

  /** The element type that a policy computes in. */
  private static DType computed(String policy, String where) {
    DType type = DType.of(policy.replace("mixed_", ""), where);
    return type.floating() ? DType.FLOAT32 : type;
  }

  /** The name of the dtype policy of a layer, however it is written; null when it has none. */
  static String policy(Config config, String where) {
    if (!config.has("dtype")) {
      return null;
    }
    Config dtype = config.get("dtype");
    if (dtype.isString()) {
      return dtype.string();
    }
    Config.Named named = dtype.named();
    String name = named.config().string("name", "float32");
    named.config().ignore();
    if (named.className().startsWith("Quantized") || named.className().equals("DTypePolicyMap")) {
      throw new UnsupportedException(
          where + ": quantised weights (" + named.className() + ") are not supported.");
    }
    return name;
  }
}
