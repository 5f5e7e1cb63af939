package dev.graft.model;

/**
 * MobileNetV2: inverted residual blocks, which widen, convolve each channel, and narrow again.
 *
 * <p>Source: keras/src/applications/mobilenet_v2.py, Keras 3.15; Sandler et al., MobileNetV2, 2018.
 */
final class MobileNetV2 {
  /** Filters, how many blocks, and the stride of the first. */
  private static final int[][] STACKS = {
    {16, 1, 1}, {24, 2, 2}, {32, 3, 2}, {64, 4, 2}, {96, 3, 1}, {160, 3, 2}, {320, 1, 1}
  };

  private MobileNetV2() {}

  static Flow draw(Flow start, Variant variant) {
    double alpha = variant.number("alpha", 1);
    Flow x =
        start.conv(
            "Conv1", divisible(32 * alpha), 3, "strides", 2, "padding", "same", "use_bias", false);
    x = norm(x, "bn_Conv1").relu6("Conv1_relu");
    int id = 0;
    for (int[] stack : STACKS) {
      for (int i = 0; i < stack[1]; i++) {
        x = block(x, id++, divisible((int) (stack[0] * alpha)), i == 0 ? stack[2] : 1);
      }
    }
    x = x.conv("Conv_1", alpha > 1 ? divisible(1280 * alpha) : 1280, 1, "use_bias", false);
    x = norm(x, "Conv_1_bn").relu6("out_relu");
    return variant.top()
        ? x.layer("GlobalAveragePooling2D", null).predictions(variant)
        : x.pooled(variant, null, null);
  }

  private static Flow block(Flow start, int id, int filters, int strides) {
    String name = id == 0 ? "expanded_conv_" : "block_" + id + "_";
    Flow x = start;
    if (id > 0) {
      x = x.conv(name + "expand", 6 * start.channels(), 1, "padding", "same", "use_bias", false);
      x = norm(x, name + "expand_BN").relu6(name + "expand_relu");
    }
    if (strides == 2) {
      x = x.padForStride(name + "pad", 3);
    }
    x =
        x.layer(
            "DepthwiseConv2D",
            name + "depthwise",
            "kernel_size",
            3,
            "strides",
            strides,
            "use_bias",
            false,
            "padding",
            strides == 1 ? "same" : "valid");
    x = norm(x, name + "depthwise_BN").relu6(name + "depthwise_relu");
    x = x.conv(name + "project", filters, 1, "padding", "same", "use_bias", false);
    x = norm(x, name + "project_BN");
    return strides == 1 && start.channels() == filters ? start.plus(name + "add", x) : x;
  }

  private static Flow norm(Flow x, String name) {
    return x.norm(name, "epsilon", 1e-3, "momentum", 0.999);
  }

  /** The multiple of 8 nearest to {@code value}, and no less than nine tenths of it. */
  static int divisible(double value) {
    int rounded = Math.max(8, (int) (value + 4) / 8 * 8);
    return rounded < 0.9 * value ? rounded + 8 : rounded;
  }

  /** Published for some widths, and for square pictures of some sizes. */
  static java.util.List<String> files(Variant variant) {
    long rows = variant.input()[0];
    boolean known = rows == variant.input()[1] && (rows == 96 || (rows % 32 == 0 && rows >= 128));
    String name =
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_"
            + variant.number("alpha", 1)
            + "_"
            + (known && rows <= 224 ? rows : 224);
    return java.util.List.of(name + "_no_top.h5", name + ".h5");
  }

  /** The name Keras gives the model. */
  static String title(Variant variant) {
    return String.format(
        java.util.Locale.ROOT,
        "mobilenetv2_%.2f_%d",
        variant.number("alpha", 1),
        variant.input()[0]);
  }
}
