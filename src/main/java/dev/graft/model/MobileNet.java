package dev.graft.model;

/**
 * MobileNet: depthwise convolutions, each followed by one across channels.
 *
 * <p>Source: keras/src/applications/mobilenet.py, Keras 3.15; Howard et al., MobileNets, 2017.
 */
final class MobileNet {
  private static final int[] FILTERS = {
    64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024
  };

  private MobileNet() {}

  static Flow draw(Flow start, Variant variant) {
    double alpha = variant.number("alpha", 1);
    Flow x =
        start.conv(
            "conv1", (int) (32 * alpha), 3, "padding", "same", "use_bias", false, "strides", 2);
    x = x.norm("conv1_bn").relu6("conv1_relu");
    for (int i = 1; i <= FILTERS.length; i++) {
      boolean halved = i == 2 || i == 4 || i == 6 || i == 12;
      x = block(x, i, (int) (FILTERS[i - 1] * alpha), halved, variant);
    }
    if (!variant.top()) {
      return x.pooled(variant, null, null);
    }
    x = x.layer("GlobalAveragePooling2D", null, "keepdims", true);
    x = x.layer("Dropout", "dropout", "rate", variant.number("dropout", 1e-3));
    x = x.conv("conv_preds", variant.classes(), 1, "padding", "same");
    x = x.layer("Reshape", "reshape_2", "target_shape", new int[] {variant.classes()});
    return x.activation("predictions", "softmax");
  }

  private static Flow block(Flow start, int id, int filters, boolean halved, Variant variant) {
    Flow x = start;
    if (halved) {
      x = x.pad("conv_pad_" + id, new int[] {0, 1}, new int[] {0, 1});
    }
    x =
        x.layer(
            "DepthwiseConv2D",
            "conv_dw_" + id,
            "kernel_size",
            3,
            "padding",
            halved ? "valid" : "same",
            "depth_multiplier",
            (int) variant.number("depth_multiplier", 1),
            "strides",
            halved ? 2 : 1,
            "use_bias",
            false);
    x = x.norm("conv_dw_" + id + "_bn").relu6("conv_dw_" + id + "_relu");
    x = x.conv("conv_pw_" + id, filters, 1, "padding", "same", "use_bias", false);
    return x.norm("conv_pw_" + id + "_bn").relu6("conv_pw_" + id + "_relu");
  }

  /** Published for some widths, and for square pictures of some sizes. */
  static java.util.List<String> files(Variant variant) {
    long rows = variant.input()[0];
    boolean known = rows == variant.input()[1] && rows % 32 == 0 && rows >= 128 && rows <= 224;
    double alpha = variant.number("alpha", 1);
    String text = alpha == 1 ? "1_0" : alpha == 0.75 ? "7_5" : alpha == 0.5 ? "5_0" : "2_5";
    String name = "mobilenet_" + text + "_" + (known ? rows : 224) + "_tf";
    return java.util.List.of(name + "_no_top.h5", name + ".h5");
  }

  /** The name Keras gives the model. */
  static String title(Variant variant) {
    return String.format(
        java.util.Locale.ROOT, "mobilenet_%.2f_%d", variant.number("alpha", 1), variant.input()[0]);
  }
}
