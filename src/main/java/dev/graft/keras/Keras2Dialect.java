package dev.graft.keras;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a layer's settings from Keras 3's words into words that tf_keras 2.18 and Keras 3 both
 * read.
 */
final class Keras2Dialect {
  /** Settings that tf_keras does not take, or that it writes otherwise for its own. */
  private static final Map<String, List<String>> UNKNOWN =
      Map.of(
          "BatchNormalization",
          List.of("sample_variance", "synchronized"),
          "MultiHeadAttention",
          List.of("seed"),
          "SimpleRNN",
          List.of("seed"),
          "SimpleRNNCell",
          List.of("seed"),
          "ConvLSTM1D",
          List.of("seed"),
          "ConvLSTM2D",
          List.of("seed"),
          "ConvLSTM3D",
          List.of("seed"));

  /** tf_keras has these with the channels last alone, and says nothing about it. */
  private static final Set<String> CHANNELS_LAST =
      Set.of(
          "ZeroPadding1D",
          "CenterCrop",
          "RandomCrop",
          "RandomFlip",
          "RandomRotation",
          "RandomTranslation",
          "RandomZoom");

  private Keras2Dialect() {}

  /** Rewrites {@code config} in place. */
  static void translate(String className, Map<String, Object> config) {
    UNKNOWN.getOrDefault(className, List.of()).forEach(config::remove);
    config.remove("every_mask");
    if (className.equals("LeakyReLU") && config.containsKey("negative_slope")) {
      config.put("alpha", config.remove("negative_slope"));
    }
    if (CHANNELS_LAST.contains(className)) {
      config.remove("data_format", "channels_last");
    }
    if (className.equals("RandomContrast")
        && config.get("value_range") instanceof List<?> range
        && range.equals(List.of(0.0, 255.0))) {
      // tf_keras knows this range alone, and says nothing about it.
      config.remove("value_range");
    }
    if (className.equals("TextVectorization") && config.get("ngrams") instanceof List<?> lengths) {
      config.put("ngrams", Map.of("class_name", "__tuple__", "items", lengths));
    }
    if (className.equals("Attention")) {
      // Keras 3 takes this word for its function of that name when it reads a .h5.
      config.remove("score_mode", "dot");
    }
  }
}
