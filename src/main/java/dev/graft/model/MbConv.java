package dev.graft.model;

import java.util.Arrays;
import java.util.Map;

/**
 * The blocks EfficientNet and EfficientNetV2 are made of: widen, convolve each channel, weigh the
 * channels, narrow again. Source: {@code block} of keras/src/applications/efficientnet.py and
 * {@code MBConvBlock}, {@code FusedMBConvBlock} of efficientnet_v2.py, Keras 3.15.
 *
 * @param fused one convolution widens and looks around
 * @param input channels
 * @param output channels
 * @param squeeze share of the input's channels that weigh the others, 0 for none
 * @param drop share of examples that skip the block in training
 * @param second whether it is of EfficientNetV2
 */
record MbConv(
    boolean fused,
    int input,
    int output,
    int expansion,
    int kernel,
    int strides,
    double squeeze,
    double drop,
    boolean second) {
  private static final Map<String, Object> INITIALIZER = initializer(2.0, "truncated_normal");

  /** Keras's VarianceScaling over what goes out. */
  static Map<String, Object> initializer(double scale, String distribution) {
    return Map.of(
        "class_name",
        "VarianceScaling",
        "config",
        Map.of("scale", scale, "mode", "fan_out", "distribution", distribution));
  }

  /** A convolution without bias, of the same size. */
  static Flow conv(Flow x, String name, int filters, int kernel, Object... more) {
    Object[] first = {"padding", "same", "use_bias", false, "kernel_initializer", INITIALIZER};
    Object[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return x.conv(name, filters, kernel, all);
  }

  Flow draw(Flow start, String name) {
    int wide = input * expansion;
    Flow x = fused ? widened(start, name, wide) : depthwise(start, name, wide);
    if (squeeze > 0) {
      x = squeezed(x, name, wide);
    }
    boolean plain = fused && expansion == 1;
    x = conv(x, name + "project_conv", output, plain ? kernel : 1, "strides", plain ? strides : 1);
    x = norm(x, name + "project_bn");
    if (plain) {
      x = x.activation(name + "project_activation", "swish");
    }
    if (strides == 1 && input == output) {
      if (drop > 0) {
        x =
            x.layer(
                "Dropout",
                name + "drop",
                "rate",
                drop,
                "noise_shape",
                Arrays.asList(null, 1, 1, 1));
      }
      x = x.plus(name + "add", start);
    }
    return x;
  }

  private Flow widened(Flow x, String name, int wide) {
    return expansion == 1 ? x : expanded(x, name, wide, kernel, strides);
  }

  private Flow expanded(Flow x, String name, int wide, int size, int step) {
    Flow y = conv(x, name + "expand_conv", wide, size, "strides", step);
    return norm(y, name + "expand_bn").activation(name + "expand_activation", "swish");
  }

  private Flow depthwise(Flow start, String name, int wide) {
    Flow x = expansion == 1 ? start : expanded(start, name, wide, 1, 1);
    boolean padded = strides == 2 && !second;
    if (padded) {
      x = x.padForStride(name + "dwconv_pad", kernel);
    }
    x =
        x.layer(
            "DepthwiseConv2D",
            name + (second ? "dwconv2" : "dwconv"),
            "kernel_size",
            kernel,
            "strides",
            strides,
            "padding",
            padded ? "valid" : "same",
            "use_bias",
            false,
            "depthwise_initializer",
            INITIALIZER);
    return norm(x, name + "bn").activation(name + "activation", "swish");
  }

  private Flow squeezed(Flow x, String name, int wide) {
    int few = Math.max(1, (int) (input * squeeze));
    Flow y = x.layer("GlobalAveragePooling2D", name + "se_squeeze");
    y = y.layer("Reshape", name + "se_reshape", "target_shape", new int[] {1, 1, wide});
    y = weighed(y, name + "se_reduce", few, "swish");
    return x.times(name + "se_excite", weighed(y, name + "se_expand", wide, "sigmoid"));
  }

  private static Flow weighed(Flow x, String name, int filters, String activation) {
    return x.conv(
        name,
        filters,
        1,
        "padding",
        "same",
        "activation",
        activation,
        "kernel_initializer",
        INITIALIZER);
  }

  private Flow norm(Flow x, String name) {
    return second ? x.normThird(name, "momentum", 0.9) : x.normThird(name);
  }

  /** The multiple of 8 nearest to {@code filters} times {@code width}. */
  static int rounded(int filters, double width, boolean atLeastNineTenths) {
    double exact = filters * width;
    int near = Math.max(8, (int) (exact + 4) / 8 * 8);
    return atLeastNineTenths && near < 0.9 * exact ? near + 8 : near;
  }

  /** The letter of block number {@code index} of a stage. */
  static char letter(int index) {
    return (char) ('a' + index);
  }
}
