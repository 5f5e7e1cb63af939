package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keras 1's words for a layer's settings, in those of Keras 2. Source: Keras 1.2.2 layers. */
final class Keras1Words {
  private static final Map<String, String> KEYS = keys();

  private static final Set<String> EMBEDDING = Set.of("Embedding");

  private Keras1Words() {}

  private static Map<String, String> keys() {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("output_dim", "units");
    keys.put("init", "kernel_initializer");
    keys.put("inner_init", "recurrent_initializer");
    keys.put("inner_activation", "recurrent_activation");
    keys.put("W_regularizer", "kernel_regularizer");
    keys.put("U_regularizer", "recurrent_regularizer");
    keys.put("b_regularizer", "bias_regularizer");
    keys.put("W_constraint", "kernel_constraint");
    keys.put("b_constraint", "bias_constraint");
    keys.put("bias", "use_bias");
    keys.put("nb_filter", "filters");
    keys.put("filter_length", "kernel_size");
    keys.put("subsample", "strides");
    keys.put("subsample_length", "strides");
    keys.put("border_mode", "padding");
    keys.put("atrous_rate", "dilation_rate");
    keys.put("pool_length", "pool_size");
    keys.put("stride", "strides");
    keys.put("dropout_W", "dropout");
    keys.put("dropout_U", "recurrent_dropout");
    keys.put("p", "rate");
    keys.put("sigma", "stddev");
    keys.put("gamma_init", "gamma_initializer");
    keys.put("beta_init", "beta_initializer");
    keys.put("depthwise_init", "depthwise_initializer");
    keys.put("pointwise_init", "pointwise_initializer");
    return keys;
  }

  /** Rewrites {@code config} in place. */
  static void translate(String className, Map<String, Object> config, String where) {
    sizes(className, config);
    order(config);
    if (config.containsKey("forget_bias_init")) {
      config.put("unit_forget_bias", "one".equals(config.remove("forget_bias_init")));
    }
    if (className.equals("Merge") || className.equals("UpSampling1D")) {
      special(className, config, where);
    }
    if (className.equals("BatchNormalization") && config.get("mode") instanceof Number mode) {
      if (mode.intValue() != 0) {
        throw new UnsupportedException(
            where
                + ": 'mode' "
                + mode
                + " of Keras 1 (normalising each feature or each batch) is not supported.");
      }
      config.remove("mode");
    }
    Map<String, Object> renamed = new LinkedHashMap<>();
    config.forEach((key, value) -> renamed.put(key(className, key), value));
    config.clear();
    config.putAll(renamed);
    regularizers(config);
  }

  private static String key(String className, String key) {
    if (EMBEDDING.contains(className)) {
      return switch (key) {
        case "init" -> "embeddings_initializer";
        case "W_regularizer" -> "embeddings_regularizer";
        case "W_constraint" -> "embeddings_constraint";
        case "output_dim" -> key;
        default -> KEYS.getOrDefault(key, key);
      };
    }
    if (className.equals("PReLU") && key.equals("init")) {
      return "alpha_initializer";
    }
    return KEYS.getOrDefault(key, key);
  }

  /** {@code nb_row}, {@code nb_col} and {@code kernel_dim1} to 3 become {@code kernel_size}. */
  private static void sizes(String className, Map<String, Object> config) {
    for (List<String> names :
        List.of(
            List.of("nb_row", "nb_col"), List.of("kernel_dim1", "kernel_dim2", "kernel_dim3"))) {
      if (config.keySet().containsAll(names)) {
        List<Object> sizes = new ArrayList<>();
        names.forEach(name -> sizes.add(config.remove(name)));
        config.put("kernel_size", sizes);
      }
    }
    if (className.equals("Deconvolution2D")) {
      // Keras 1 needed the output's shape, which Keras 2 works out.
      config.remove("output_shape");
    }
  }

  private static void order(Map<String, Object> config) {
    Object order = config.remove("dim_ordering");
    if (order != null) {
      config.put(
          "data_format",
          order.equals("th") ? "channels_first" : order.equals("tf") ? "channels_last" : order);
    }
  }

  private static void special(String className, Map<String, Object> config, String where) {
    if (className.equals("UpSampling1D")) {
      if (config.containsKey("length")) {
        config.put("size", config.remove("length"));
      }
      return;
    }
    Object mode = config.get("mode");
    if (config.get("layers") instanceof List<?> inner && !inner.isEmpty()) {
      throw new UnsupportedException(
          where
              + ": a Merge that holds layers of its own is not supported. Save the network as a"
              + " functional model.");
    }
    if ("concat".equals(mode)) {
      config.put("axis", config.getOrDefault("concat_axis", -1));
    } else if ("dot".equals(mode) || "cos".equals(mode)) {
      config.put("axes", config.get("dot_axes"));
      config.put("normalize", "cos".equals(mode));
    }
    for (String key :
        Arrays.asList(
            "layers",
            "concat_axis",
            "dot_axes",
            "mode_type",
            "output_shape",
            "output_shape_type",
            "output_mask",
            "output_mask_type",
            "node_indices",
            "tensor_indices",
            "arguments")) {
      config.remove(key);
    }
  }

  /** {@code {"name": "WeightRegularizer", "l1": …}} to {@code {"class_name", "config"}}. */
  private static void regularizers(Map<String, Object> config) {
    config.replaceAll(
        (key, value) -> {
          if ((!key.endsWith("_regularizer") && !key.endsWith("_constraint"))
              || !(value instanceof Map<?, ?> map)
              || !(map.get("name") instanceof String name)) {
            return value;
          }
          Map<String, Object> settings = Dialect.text(map);
          settings.remove("name");
          if (settings.containsKey("m")) {
            settings.put("max_value", settings.remove("m"));
          }
          String className = key.endsWith("_regularizer") ? "L1L2" : name;
          Map<String, Object> whole = new LinkedHashMap<>();
          whole.put("class_name", className);
          whole.put("config", settings);
          return whole;
        });
  }
}
