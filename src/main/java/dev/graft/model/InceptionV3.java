package dev.graft.model;

/**
 * InceptionV3: blocks of parallel convolutions of several sizes.
 *
 * <p>Source: keras/src/applications/inception_v3.py, Keras 3.15; Szegedy et al., Rethinking the
 * Inception Architecture for Computer Vision, 2015.
 */
final class InceptionV3 {
  private InceptionV3() {}

  static Flow draw(Flow start, Variant variant) {
    Flow x = halved(start, 32);
    x = conv(valid(x, 32, 3), 64, 3, 3).maxPool(null, 3, 2, "valid");
    x = valid(valid(x, 80, 1), 192, 3).maxPool(null, 3, 2, "valid");
    x = small(x, 32, "mixed0");
    x = small(x, 64, "mixed1");
    x = small(x, 64, "mixed2");
    x = reduced(x);
    x = long7(x, 128, "mixed4");
    x = long7(x, 160, "mixed5");
    x = long7(x, 160, "mixed6");
    x = long7(x, 192, "mixed7");
    x = reducedAgain(x);
    x = wide(x, 0);
    x = wide(x, 1);
    return variant.top() ? x.classifier(variant) : x.pooled(variant, null, null);
  }

  private static Flow small(Flow x, int pooled, String name) {
    Flow one = conv(x, 64, 1, 1);
    Flow five = conv(conv(x, 48, 1, 1), 64, 5, 5);
    Flow three = conv(conv(conv(x, 64, 1, 1), 96, 3, 3), 96, 3, 3);
    return Flow.concatenate(name, 3, one, five, three, average(x, pooled));
  }

  private static Flow reduced(Flow x) {
    Flow three = halved(x, 384);
    Flow twice = halved(conv(conv(x, 64, 1, 1), 96, 3, 3), 96);
    return Flow.concatenate("mixed3", 3, three, twice, x.maxPool(null, 3, 2, "valid"));
  }

  private static Flow long7(Flow x, int filters, String name) {
    Flow one = conv(x, 192, 1, 1);
    Flow seven = conv(conv(conv(x, filters, 1, 1), filters, 1, 7), 192, 7, 1);
    Flow twice = conv(conv(conv(x, filters, 1, 1), filters, 7, 1), filters, 1, 7);
    twice = conv(conv(twice, filters, 7, 1), 192, 1, 7);
    return Flow.concatenate(name, 3, one, seven, twice, average(x, 192));
  }

  private static Flow reducedAgain(Flow x) {
    Flow three = halved(conv(x, 192, 1, 1), 320);
    Flow seven = halved(conv(conv(conv(x, 192, 1, 1), 192, 1, 7), 192, 7, 1), 192);
    return Flow.concatenate("mixed8", 3, three, seven, x.maxPool(null, 3, 2, "valid"));
  }

  private static Flow wide(Flow x, int number) {
    Flow one = conv(x, 320, 1, 1);
    Flow three = conv(x, 384, 1, 1);
    three = Flow.concatenate("mixed9_" + number, 3, conv(three, 384, 1, 3), conv(three, 384, 3, 1));
    Flow twice = conv(conv(x, 448, 1, 1), 384, 3, 3);
    twice = Flow.concatenate(null, 3, conv(twice, 384, 1, 3), conv(twice, 384, 3, 1));
    return Flow.concatenate("mixed" + (9 + number), 3, one, three, twice, average(x, 192));
  }

  private static Flow average(Flow x, int filters) {
    return conv(x.averagePool(null, 3, 1, "same"), filters, 1, 1);
  }

  private static Flow halved(Flow x, int filters) {
    return conv(x, new int[] {filters, 3, 3}, 2, "valid");
  }

  private static Flow valid(Flow x, int filters, int size) {
    return conv(x, new int[] {filters, size, size}, 1, "valid");
  }

  private static Flow conv(Flow x, int filters, int rows, int columns) {
    return conv(x, new int[] {filters, rows, columns}, 1, "same");
  }

  private static Flow conv(Flow x, int[] shape, int strides, String padding) {
    int[] kernel = {shape[1], shape[2]};
    return x.conv(null, shape[0], kernel, "strides", strides, "padding", padding, "use_bias", false)
        .normThird(null, "scale", false)
        .activation(null, "relu");
  }
}
