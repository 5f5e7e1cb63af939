package dev.graft.model;

/**
 * Xception: separable convolutions with shortcuts.
 *
 * <p>Source: keras/src/applications/xception.py, Keras 3.15; Chollet, Xception: Deep Learning with
 * Depthwise Separable Convolutions, 2016.
 */
final class Xception {
  private Xception() {}

  static Flow draw(Flow start, Variant variant) {
    Flow x = start.conv("block1_conv1", 32, 3, "strides", 2, "use_bias", false);
    x = x.norm("block1_conv1_bn").activation("block1_conv1_act", "relu");
    x = x.conv("block1_conv2", 64, 3, "use_bias", false);
    x = x.norm("block1_conv2_bn").activation("block1_conv2_act", "relu");
    x = shrinking(x, "block2", 128, 128, false);
    x = shrinking(x, "block3", 256, 256, true);
    x = shrinking(x, "block4", 728, 728, true);
    for (int block = 5; block <= 12; block++) {
      Flow y = x;
      for (int i = 1; i <= 3; i++) {
        y =
            separable(
                y.activation("block" + block + "_sepconv" + i + "_act", "relu"),
                "block" + block,
                i,
                728);
      }
      x = y.plus(null, x);
    }
    x = shrinking(x, "block13", 728, 1024, true);
    x = separable(x, "block14", 1, 1536).activation("block14_sepconv1_act", "relu");
    x = separable(x, "block14", 2, 2048).activation("block14_sepconv2_act", "relu");
    return variant.top() ? x.classifier(variant) : x.pooled(variant, null, null);
  }

  private static Flow shrinking(Flow x, String name, int first, int second, boolean activate) {
    Flow shortcut = x.conv(null, second, 1, "strides", 2, "padding", "same", "use_bias", false);
    shortcut = shortcut.norm(null);
    Flow y = activate ? x.activation(name + "_sepconv1_act", "relu") : x;
    y = separable(y, name, 1, first).activation(name + "_sepconv2_act", "relu");
    y = separable(y, name, 2, second).maxPool(name + "_pool", 3, 2, "same");
    return y.plus(null, shortcut);
  }

  private static Flow separable(Flow x, String block, int number, int filters) {
    String name = block + "_sepconv" + number;
    return x.layer(
            "SeparableConv2D",
            name,
            "filters",
            filters,
            "kernel_size",
            3,
            "padding",
            "same",
            "use_bias",
            false)
        .norm(name + "_bn");
  }
}
