package dev.graft.model;

import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Spec;
import java.util.List;
import java.util.Map;

/**
 * ConvNeXt: large depthwise kernels and the parts of a transformer.
 *
 * <p>Source: keras/src/applications/convnext.py, Keras 3.15; Liu et al., A ConvNet for the 2020s,
 * 2022.
 */
final class ConvNeXt {
  private static final double EPSILON = 1e-6;

  private ConvNeXt() {}

  /** With so many blocks and channels in each of the four stages. */
  static Applications.Family of(String name, int[] depths, int[] channels) {
    return (start, variant) -> {
      Flow x = start;
      if (variant.flag("include_preprocessing", true) && variant.input()[2] == 3) {
        x = normalised(x, name);
      }
      for (int i = 0; i < depths.length; i++) {
        x = i == 0 ? stem(x, name, channels[0]) : smaller(x, name, i - 1, channels[i]);
        for (int j = 0; j < depths[i]; j++) {
          x = block(x, name + "_stage_" + i + "_block_" + j, channels[i]);
        }
      }
      return top(x, name, variant);
    };
  }

  private static Flow normalised(Flow x, String name) {
    return x.layer(
        "Normalization",
        name + "_prestem_normalization",
        "axis",
        -1,
        "mean",
        List.of(0.485 * 255, 0.456 * 255, 0.406 * 255),
        "variance",
        List.of(Math.pow(0.229 * 255, 2), Math.pow(0.224 * 255, 2), Math.pow(0.225 * 255, 2)));
  }

  private static Flow stem(Flow x, String name, int channels) {
    return sequence(
        x,
        name + "_stem",
        List.of(convolution(name + "_stem_conv", channels, 4), norm(name + "_stem_layernorm")));
  }

  private static Flow smaller(Flow x, String name, int number, int channels) {
    String part = name + "_downsampling_";
    return sequence(
        x,
        part + "block_" + number,
        List.of(
            norm(part + "layernorm_" + number), convolution(part + "conv_" + number, channels, 2)));
  }

  private static Surgery.Named convolution(String name, int filters, int size) {
    return new Surgery.Named(
        name,
        Drawing.layer(
            "Conv2D",
            name,
            Drawing.settings("filters", filters, "kernel_size", size, "strides", size)));
  }

  private static Surgery.Named norm(String name) {
    return new Surgery.Named(
        name, Drawing.layer("LayerNormalization", name, Map.of("epsilon", EPSILON)));
  }

  /** A Sequential inside the network. */
  private static Flow sequence(Flow x, String name, List<Surgery.Named> layers) {
    Spec in = x.drawing().spec(x);
    Model inner = Surgery.sequential(name, new InputLayer(in), layers);
    return x.drawing().put(name, new Nested(inner), List.of(x), Map.of());
  }

  private static Flow block(Flow x, String name, int channels) {
    Flow y = x.conv(name + "_depthwise_conv", channels, 7, "padding", "same", "groups", channels);
    y = y.layer("LayerNormalization", name + "_layernorm", "epsilon", EPSILON);
    y = y.layer("Dense", name + "_pointwise_conv_1", "units", 4 * channels);
    y = y.activation(name + "_gelu", "gelu");
    y = y.layer("Dense", name + "_pointwise_conv_2", "units", channels);
    y =
        y.layer(
            "LayerScale", name + "_layer_scale", "init_values", 1e-6, "projection_dim", channels);
    // Keras's constructors never ask for stochastic depth.
    return x.operation("Add", y.activation(name + "_identity", "linear"));
  }

  private static Flow top(Flow x, String name, Variant variant) {
    if (!variant.top()) {
      return x.pooled(variant, null, null).layer("LayerNormalization", null, "epsilon", EPSILON);
    }
    return x.layer("GlobalAveragePooling2D", name + "_head_gap")
        .layer("LayerNormalization", name + "_head_layernorm", "epsilon", EPSILON)
        .layer("Dense", name + "_head_dense", "units", variant.classes(), "activation", "softmax");
  }
}
