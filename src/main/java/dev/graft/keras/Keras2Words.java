package dev.graft.keras;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Keras 2 and tf_keras say otherwise than Keras 3. Source: tf_keras 2.18 and Keras 3.15
 * layers.
 */
final class Keras2Words {
  private static final Set<String> KERNEL_UNUSED =
      Set.of("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D");

  private Keras2Words() {}

  /** Rewrites {@code config}, of a class that is now called {@code name}, in place. */
  static void translate(String old, String name, Map<String, Object> config) {
    if (KERNEL_UNUSED.contains(name)) {
      // Inherited from Conv, and not used.
      List.of("kernel_initializer", "kernel_regularizer", "kernel_constraint", "groups")
          .forEach(config::remove);
      if (name.startsWith("Depthwise")) {
        config.remove("filters");
      }
    }
    if (name.endsWith("Transpose")) {
      // Inherited from Conv, too, and not looked at.
      config.remove("groups");
    }
    switch (name) {
      // Keras 2's fused kernel moves towards the sample variance.
      case "BatchNormalization" ->
          config.put(
              "sample_variance",
              !Boolean.TRUE.equals(config.get("synchronized"))
                  && !Boolean.FALSE.equals(config.get("fused"))
                  && !old.equals("SyncBatchNormalization"));
      // Masks that meet there meet otherwise. Bare, it is an operation of Keras 3 of that name.
      case "Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract" -> {
        if (config.containsKey("trainable") || config.containsKey("dtype")) {
          config.put("every_mask", true);
        }
      }
      case "LeakyReLU" -> rename(config, "alpha", "negative_slope");
      case "GRU", "GRUCell" -> {
        if (old.startsWith("CuDNN")) {
          config.put("reset_after", true);
        }
        config.putIfAbsent("reset_after", false);
      }
      case "MultiHeadAttention" ->
          List.of("query_shape", "key_shape", "value_shape").forEach(config::remove);
      default -> {
        // Said alike.
      }
    }
    if (old.startsWith("CuDNN")) {
      config.put("recurrent_activation", "sigmoid");
    }
  }

  private static void rename(Map<String, Object> config, String from, String to) {
    if (config.containsKey(from)) {
      config.put(to, config.remove(from));
    }
  }
}
