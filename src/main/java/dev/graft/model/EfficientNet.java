package dev.graft.model;

import java.util.List;

/**
 * EfficientNet B0 to B7: one network, made wider and deeper.
 *
 * <p>Source: keras/src/applications/efficientnet.py, Keras 3.15; Tan and Le, EfficientNet:
 * Rethinking Model Scaling for Convolutional Neural Networks, 2019.
 */
final class EfficientNet {
  /** Kernel, repeats, channels in and out, expansion, strides. */
  private static final int[][] STAGES = {
    {3, 1, 32, 16, 1, 1},
    {3, 2, 16, 24, 6, 2},
    {5, 2, 24, 40, 6, 2},
    {3, 3, 40, 80, 6, 2},
    {5, 3, 80, 112, 6, 1},
    {5, 4, 112, 192, 6, 2},
    {3, 1, 192, 320, 6, 1}
  };

  private static final double[] DEVIATION = {0.229, 0.224, 0.225};
  private static final double DROP = 0.2;

  private EfficientNet() {}

  /** So many times as wide and as deep as B0. */
  static Applications.Family of(double width, double depth, double dropout) {
    return (start, variant) -> {
      Flow x = stages(stem(start, variant, width), width, depth);
      x = MbConv.conv(x, "top_conv", MbConv.rounded(1280, width, true), 1);
      x = x.normThird("top_bn").activation("top_activation", "swish");
      return top(x, variant, dropout);
    };
  }

  private static Flow stem(Flow start, Variant variant, double width) {
    Flow x =
        start.layer("Rescaling", null, "scale", 1 / 255.0).layer("Normalization", null, "axis", 3);
    if (variant.published()) {
      // The published weights were trained with the deviations themselves taken for variances.
      List<Double> scale =
          java.util.Arrays.stream(DEVIATION).map(d -> 1 / Math.sqrt(d)).boxed().toList();
      x = x.layer("Rescaling", null, "scale", scale);
    }
    x = x.padForStride("stem_conv_pad", 3);
    x =
        x.conv(
            "stem_conv",
            MbConv.rounded(32, width, true),
            3,
            "strides",
            2,
            "padding",
            "valid",
            "use_bias",
            false,
            "kernel_initializer",
            MbConv.initializer(2.0, "truncated_normal"));
    return x.normThird("stem_bn").activation("stem_activation", "swish");
  }

  private static Flow stages(Flow start, double width, double depth) {
    double blocks = 0;
    for (int[] stage : STAGES) {
      blocks += Math.ceil(depth * stage[1]);
    }
    Flow x = start;
    int number = 0;
    for (int i = 0; i < STAGES.length; i++) {
      int[] stage = STAGES[i];
      int output = MbConv.rounded(stage[3], width, true);
      int repeats = (int) Math.ceil(depth * stage[1]);
      for (int j = 0; j < repeats; j++) {
        int input = j == 0 ? MbConv.rounded(stage[2], width, true) : output;
        int strides = j == 0 ? stage[5] : 1;
        double drop = DROP * number++ / blocks;
        MbConv block =
            new MbConv(false, input, output, stage[4], stage[0], strides, 0.25, drop, false);
        x = block.draw(x, "block" + (i + 1) + MbConv.letter(j) + "_");
      }
    }
    return x;
  }

  /** What both generations end in. */
  static Flow top(Flow x, Variant variant, double dropout) {
    if (!variant.top()) {
      return x.pooled(variant, "avg_pool", "max_pool");
    }
    return x.layer("GlobalAveragePooling2D", "avg_pool")
        .layer("Dropout", "top_dropout", "rate", dropout)
        .predictions(variant, "kernel_initializer", MbConv.initializer(1 / 3.0, "uniform"));
  }
}
