package dev.graft.model;

/**
 * InceptionResNetV2: Inception blocks whose output is scaled and added to their input.
 *
 * <p>Source: keras/src/applications/inception_resnet_v2.py, Keras 3.15; Szegedy et al.,
 * Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning, 2016.
 */
final class InceptionResNetV2 {
  private InceptionResNetV2() {}

  static Flow draw(Flow start, Variant variant) {
    Flow x = conv(conv(halved(start, 32), 32, 3, "valid"), 64, 3, "same");
    x = x.maxPool(null, 3, 2, "valid");
    x = conv(conv(x, 80, 1, "valid"), 192, 3, "valid").maxPool(null, 3, 2, "valid");
    x = mixed(x);
    for (int i = 1; i <= 10; i++) {
      Flow one = conv(x, 32, 1, "same");
      Flow two = conv(conv(x, 32, 1, "same"), 32, 3, "same");
      Flow three = conv(conv(conv(x, 32, 1, "same"), 48, 3, "same"), 64, 3, "same");
      x = residual(x, "block35_" + i, 0.17, true, one, two, three);
    }
    Flow pooled = x;
    Flow narrow = halved(x, 384);
    Flow deep = halved(conv(conv(x, 256, 1, "same"), 256, 3, "same"), 384);
    x = Flow.concatenate("mixed_6a", 3, narrow, deep, pooled.maxPool(null, 3, 2, "valid"));
    for (int i = 1; i <= 20; i++) {
      x = residual(x, "block17_" + i, 0.1, true, branches(x, 128, 160, 192, 7));
    }
    x = mixedAgain(x);
    for (int i = 1; i <= 10; i++) {
      boolean last = i == 10;
      x = residual(x, "block8_" + i, last ? 1 : 0.2, !last, branches(x, 192, 224, 256, 3));
    }
    x = x.conv("conv_7b", 1536, 1, "padding", "same", "use_bias", false);
    x = x.normThird("conv_7b_bn", "scale", false).activation("conv_7b_ac", "relu");
    return variant.top() ? x.classifier(variant) : x.pooled(variant, null, null);
  }

  private static Flow mixed(Flow x) {
    Flow one = conv(x, 96, 1, "same");
    Flow five = conv(conv(x, 48, 1, "same"), 64, 5, "same");
    Flow three = conv(conv(conv(x, 64, 1, "same"), 96, 3, "same"), 96, 3, "same");
    Flow pool = conv(x.averagePool(null, 3, 1, "same"), 64, 1, "same");
    return Flow.concatenate("mixed_5b", 3, one, five, three, pool);
  }

  private static Flow mixedAgain(Flow x) {
    Flow one = halved(conv(x, 256, 1, "same"), 384);
    Flow two = halved(conv(x, 256, 1, "same"), 288);
    Flow three = halved(conv(conv(x, 256, 1, "same"), 288, 3, "same"), 320);
    return Flow.concatenate("mixed_7a", 3, one, two, three, x.maxPool(null, 3, 2, "valid"));
  }

  /** One convolution of 1 × 1, and three that end in a row and a column of {@code size}. */
  private static Flow[] branches(Flow x, int first, int second, int third, int size) {
    Flow one = conv(x, 192, 1, "same");
    Flow two = conv(x, first, 1, "same");
    two = conv(two, second, new int[] {1, size}, "same");
    return new Flow[] {one, conv(two, third, new int[] {size, 1}, "same")};
  }

  private static Flow residual(
      Flow x, String name, double scale, boolean activate, Flow... branches) {
    Flow up = Flow.concatenate(name + "_mixed", 3, branches);
    up = up.conv(name + "_conv", x.channels(), 1, "padding", "same");
    Flow y =
        x.drawing()
            .add(
                "CustomScaleLayer",
                null,
                Drawing.settings("scale", scale),
                java.util.List.of(x, up));
    return activate ? y.activation(name + "_ac", "relu") : y;
  }

  private static Flow halved(Flow x, int filters) {
    return finished(x.conv(null, filters, 3, "strides", 2, "padding", "valid", "use_bias", false));
  }

  private static Flow conv(Flow x, int filters, Object kernel, String padding) {
    return finished(x.conv(null, filters, kernel, "padding", padding, "use_bias", false));
  }

  private static Flow finished(Flow x) {
    return x.normThird(null, "scale", false).activation(null, "relu");
  }
}
