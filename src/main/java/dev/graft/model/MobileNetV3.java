package dev.graft.model;

import static dev.graft.model.MobileNetV2.divisible;

import java.util.List;

/**
 * MobileNetV3, small and large: inverted residual blocks with squeeze and excitation.
 *
 * <p>Source: keras/src/applications/mobilenet_v3.py, Keras 3.15; Howard et al., Searching for
 * MobileNetV3, 2019.
 */
final class MobileNetV3 {
  /**
   * A block.
   *
   * @param kernel 0 where it is 5, and 3 in the minimalistic network
   * @param squeezed whether it has squeeze and excitation, which the minimalistic network has not
   * @param swish whether its activation is hard_swish, which is ReLU in the minimalistic network
   */
  private record Block(
      double expansion, int filters, int kernel, int strides, boolean squeezed, boolean swish) {}

  static final Applications.Family SMALL =
      of(
          1024,
          List.of(
              new Block(1, 16, 3, 2, true, false),
              new Block(72.0 / 16, 24, 3, 2, false, false),
              new Block(88.0 / 24, 24, 3, 1, false, false),
              new Block(4, 40, 0, 2, true, true),
              new Block(6, 40, 0, 1, true, true),
              new Block(6, 40, 0, 1, true, true),
              new Block(3, 48, 0, 1, true, true),
              new Block(3, 48, 0, 1, true, true),
              new Block(6, 96, 0, 2, true, true),
              new Block(6, 96, 0, 1, true, true),
              new Block(6, 96, 0, 1, true, true)));

  static final Applications.Family LARGE =
      of(
          1280,
          List.of(
              new Block(1, 16, 3, 1, false, false),
              new Block(4, 24, 3, 2, false, false),
              new Block(3, 24, 3, 1, false, false),
              new Block(3, 40, 0, 2, true, false),
              new Block(3, 40, 0, 1, true, false),
              new Block(3, 40, 0, 1, true, false),
              new Block(6, 80, 3, 2, false, true),
              new Block(2.5, 80, 3, 1, false, true),
              new Block(2.3, 80, 3, 1, false, true),
              new Block(2.3, 80, 3, 1, false, true),
              new Block(6, 112, 3, 1, true, true),
              new Block(6, 112, 3, 1, true, true),
              new Block(6, 160, 0, 2, true, true),
              new Block(6, 160, 0, 1, true, true),
              new Block(6, 160, 0, 1, true, true)));

  private MobileNetV3() {}

  /** Published for some widths. */
  static List<String> files(String size, Variant variant) {
    String name =
        "weights_mobilenet_v3_"
            + size
            + (variant.flag("minimalistic", false) ? "_minimalistic" : "")
            + "_224_"
            + variant.number("alpha", 1)
            + "_float";
    return List.of(name + "_no_top_v2.h5", name + ".h5");
  }

  private static Applications.Family of(int last, List<Block> blocks) {
    return (start, variant) -> {
      double alpha = variant.number("alpha", 1);
      boolean plain = variant.flag("minimalistic", false);
      Flow x = start;
      if (variant.flag("include_preprocessing", true)) {
        x = x.layer("Rescaling", null, "scale", 1 / 127.5, "offset", -1.0);
      }
      x = x.conv("conv", 16, 3, "strides", 2, "padding", "same", "use_bias", false);
      x = activated(norm(x, "conv_bn"), !plain);
      for (int i = 0; i < blocks.size(); i++) {
        x = block(x, i, blocks.get(i), divisible(blocks.get(i).filters() * alpha), plain);
      }
      x = narrow(x, "conv_1", divisible(x.channels() * 6.0));
      x = activated(norm(x, "conv_1_bn"), !plain);
      if (!variant.top()) {
        return x.pooled(variant, "avg_pool", "max_pool");
      }
      x = x.layer("GlobalAveragePooling2D", null, "keepdims", true);
      x = x.conv("conv_2", alpha > 1 ? divisible(last * alpha) : last, 1, "padding", "same");
      x = activated(x, !plain);
      double rate = variant.number("dropout_rate", 0.2);
      if (rate > 0) {
        x = x.layer("Dropout", null, "rate", rate);
      }
      x = x.conv("logits", variant.classes(), 1, "padding", "same").layer("Flatten", null);
      return x.activation("predictions", "softmax");
    };
  }

  private static Flow block(Flow start, int id, Block block, int filters, boolean plain) {
    String name = id == 0 ? "expanded_conv_" : "expanded_conv_" + id + "_";
    int wide = divisible(start.channels() * block.expansion());
    boolean swish = block.swish() && !plain;
    int kernel = block.kernel() == 0 ? (plain ? 3 : 5) : block.kernel();
    Flow x = start;
    if (id > 0) {
      x = activated(norm(narrow(x, name + "expand", wide), name + "expand_bn"), swish);
    }
    if (block.strides() == 2) {
      x = x.padForStride(name + "depthwise_pad", kernel);
    }
    x =
        x.layer(
            "DepthwiseConv2D",
            name + "depthwise",
            "kernel_size",
            kernel,
            "strides",
            block.strides(),
            "padding",
            block.strides() == 1 ? "same" : "valid",
            "use_bias",
            false);
    x = activated(norm(x, name + "depthwise_bn"), swish);
    if (block.squeezed() && !plain) {
      x = squeezed(x, wide, name + "squeeze_excite_");
    }
    x = norm(narrow(x, name + "project", filters), name + "project_bn");
    return block.strides() == 1 && start.channels() == filters ? start.plus(name + "add", x) : x;
  }

  private static Flow squeezed(Flow x, int filters, String name) {
    Flow y = x.layer("GlobalAveragePooling2D", name + "avg_pool", "keepdims", true);
    y = y.conv(name + "conv", divisible(filters * 0.25), 1, "padding", "same");
    y = y.layer("ReLU", name + "relu");
    y = y.conv(name + "conv_1", filters, 1, "padding", "same");
    // Keras writes its hard sigmoid out.
    y = y.operation("Add", 3.0).relu6(null).operation("Multiply", 1 / 6.0);
    return x.times(name + "mul", y);
  }

  private static Flow narrow(Flow x, String name, int filters) {
    return x.conv(name, filters, 1, "padding", "same", "use_bias", false);
  }

  private static Flow norm(Flow x, String name) {
    return x.norm(name, "epsilon", 1e-3, "momentum", 0.999);
  }

  private static Flow activated(Flow x, boolean swish) {
    return swish ? x.activation(null, "hard_swish") : x.layer("ReLU", null);
  }
}
