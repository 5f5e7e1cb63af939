package dev.graft.keras;

import java.util.Map;

/** Keras 3's name for a class that older Kerases, or its author, called otherwise. */
final class ClassNames {
  private static final Map<String, String> MODERN =
      Map.ofEntries(
          Map.entry("Convolution1D", "Conv1D"),
          Map.entry("Convolution2D", "Conv2D"),
          Map.entry("Convolution3D", "Conv3D"),
          Map.entry("AtrousConvolution1D", "Conv1D"),
          Map.entry("AtrousConvolution2D", "Conv2D"),
          Map.entry("AtrousConv1D", "Conv1D"),
          Map.entry("AtrousConv2D", "Conv2D"),
          Map.entry("Deconvolution2D", "Conv2DTranspose"),
          Map.entry("Deconvolution3D", "Conv3DTranspose"),
          Map.entry("Convolution2DTranspose", "Conv2DTranspose"),
          Map.entry("Convolution3DTranspose", "Conv3DTranspose"),
          Map.entry("SeparableConvolution1D", "SeparableConv1D"),
          Map.entry("SeparableConvolution2D", "SeparableConv2D"),
          Map.entry("TimeDistributedDense", "Dense"),
          Map.entry("MaxPool1D", "MaxPooling1D"),
          Map.entry("MaxPool2D", "MaxPooling2D"),
          Map.entry("MaxPool3D", "MaxPooling3D"),
          Map.entry("AvgPool1D", "AveragePooling1D"),
          Map.entry("AvgPool2D", "AveragePooling2D"),
          Map.entry("AvgPool3D", "AveragePooling3D"),
          Map.entry("GlobalMaxPool1D", "GlobalMaxPooling1D"),
          Map.entry("GlobalMaxPool2D", "GlobalMaxPooling2D"),
          Map.entry("GlobalMaxPool3D", "GlobalMaxPooling3D"),
          Map.entry("GlobalAvgPool1D", "GlobalAveragePooling1D"),
          Map.entry("GlobalAvgPool2D", "GlobalAveragePooling2D"),
          Map.entry("GlobalAvgPool3D", "GlobalAveragePooling3D"),
          Map.entry("GroupedQueryAttention", "GroupQueryAttention"),
          Map.entry("BatchNormalizationV1", "BatchNormalization"),
          Map.entry("BatchNormalizationV2", "BatchNormalization"),
          Map.entry("SyncBatchNormalization", "BatchNormalization"),
          Map.entry("LSTMV1", "LSTM"),
          Map.entry("LSTMV2", "LSTM"),
          Map.entry("GRUV1", "GRU"),
          Map.entry("GRUV2", "GRU"),
          Map.entry("UnifiedLSTM", "LSTM"),
          Map.entry("UnifiedGRU", "GRU"),
          Map.entry("CuDNNLSTM", "LSTM"),
          Map.entry("CuDNNGRU", "GRU"),
          Map.entry("LSTMCellV1", "LSTMCell"),
          Map.entry("LSTMCellV2", "LSTMCell"),
          Map.entry("GRUCellV1", "GRUCell"),
          Map.entry("GRUCellV2", "GRUCell"),
          Map.entry("DenseFeaturesV2", "DenseFeatures"),
          // What Keras 3's FeatureSpace puts between layers.
          Map.entry("TFDConcat", "Concatenate"),
          Map.entry("TFDIdentity", "Identity"));

  /** Keras 1's Merge layer did by its mode what Keras 2 has layers for. */
  private static final Map<String, String> MERGES =
      Map.of(
          "sum", "Add",
          "mul", "Multiply",
          "concat", "Concatenate",
          "ave", "Average",
          "max", "Maximum",
          "dot", "Dot",
          "cos", "Dot");

  private ClassNames() {}

  /** A registered class is written {@code package>Class}; Keras's own package is no name. */
  static String plain(String className) {
    for (String keras : new String[] {"Custom>", "keras>", "keras_core>"}) {
      if (className.startsWith(keras)) {
        return className.substring(keras.length());
      }
    }
    return className;
  }

  /** Keras 3's name; {@code config} settles what the name leaves open. */
  static String modern(String className, Map<String, Object> config) {
    if (className.equals("Merge") && config.get("mode") instanceof String mode) {
      return MERGES.getOrDefault(mode, className);
    }
    return MODERN.getOrDefault(className, className);
  }

  /** Python's own name of the class that Keras exports as {@code className}. */
  static String python(String className) {
    return className.equals("GroupQueryAttention") ? "GroupedQueryAttention" : className;
  }
}
