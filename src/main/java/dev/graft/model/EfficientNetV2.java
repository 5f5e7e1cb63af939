package dev.graft.model;

import java.util.List;

/**
 * EfficientNetV2 B0 to B3, S, M and L: the early blocks convolve across channels too.
 *
 * <p>Source: keras/src/applications/efficientnet_v2.py, Keras 3.15; Tan and Le, EfficientNetV2:
 * Smaller Models and Faster Training, 2021.
 */
final class EfficientNetV2 {
  /** Repeats, channels in and out, expansion, strides, and 1 for fused, of kernels of 3. */
  static final int[][] B = {
    {1, 32, 16, 1, 1, 1},
    {2, 16, 32, 4, 2, 1},
    {2, 32, 48, 4, 2, 1},
    {3, 48, 96, 4, 2, 0},
    {5, 96, 112, 6, 1, 0},
    {8, 112, 192, 6, 2, 0}
  };

  static final int[][] S = {
    {2, 24, 24, 1, 1, 1},
    {4, 24, 48, 4, 2, 1},
    {4, 48, 64, 4, 2, 1},
    {6, 64, 128, 4, 2, 0},
    {9, 128, 160, 6, 1, 0},
    {15, 160, 256, 6, 2, 0}
  };

  static final int[][] M = {
    {3, 24, 24, 1, 1, 1},
    {5, 24, 48, 4, 2, 1},
    {5, 48, 80, 4, 2, 1},
    {7, 80, 160, 4, 2, 0},
    {14, 160, 176, 6, 1, 0},
    {18, 176, 304, 6, 2, 0},
    {5, 304, 512, 6, 1, 0}
  };

  static final int[][] L = {
    {4, 32, 32, 1, 1, 1},
    {7, 32, 64, 4, 2, 1},
    {7, 64, 96, 4, 2, 1},
    {10, 96, 192, 4, 2, 0},
    {19, 192, 224, 6, 1, 0},
    {25, 224, 384, 6, 2, 0},
    {7, 384, 640, 6, 1, 0}
  };

  private static final double DROP = 0.2;

  private EfficientNetV2() {}

  /** These stages, so many times as wide and as deep. */
  static Applications.Family of(int[][] stages, double width, double depth) {
    return (start, variant) -> {
      Flow x = prepared(start, variant, stages == B);
      x = MbConv.conv(x, "stem_conv", MbConv.rounded(stages[0][1], width, false), 3, "strides", 2);
      x = x.normThird("stem_bn", "momentum", 0.9).activation("stem_activation", "swish");
      x = stages(x, stages, width, depth);
      x = MbConv.conv(x, "top_conv", MbConv.rounded(1280, width, false), 1);
      x = x.normThird("top_bn", "momentum", 0.9).activation("top_activation", "swish");
      return EfficientNet.top(x, variant, 0.2);
    };
  }

  private static Flow prepared(Flow x, Variant variant, boolean normalised) {
    if (!variant.flag("include_preprocessing", true)) {
      return x;
    }
    if (!normalised || variant.input()[2] != 3) {
      return x.layer("Rescaling", null, "scale", 1 / 128.0, "offset", -1.0);
    }
    return x.layer("Rescaling", null, "scale", 1 / 255.0)
        .layer(
            "Normalization",
            null,
            "axis",
            3,
            "mean",
            List.of(0.485, 0.456, 0.406),
            "variance",
            List.of(Math.pow(0.229, 2), Math.pow(0.224, 2), Math.pow(0.225, 2)));
  }

  private static Flow stages(Flow start, int[][] stages, double width, double depth) {
    // Counted before it is made deeper, as Keras does.
    double blocks = 0;
    for (int[] stage : stages) {
      blocks += stage[0];
    }
    Flow x = start;
    int number = 0;
    for (int i = 0; i < stages.length; i++) {
      int[] stage = stages[i];
      int output = MbConv.rounded(stage[2], width, false);
      int repeats = (int) Math.ceil(depth * stage[0]);
      boolean fused = stage[5] == 1;
      for (int j = 0; j < repeats; j++) {
        int input = j == 0 ? MbConv.rounded(stage[1], width, false) : output;
        int strides = j == 0 ? stage[4] : 1;
        double drop = DROP * number++ / blocks;
        double squeeze = fused ? 0 : 0.25;
        MbConv block = new MbConv(fused, input, output, stage[3], 3, strides, squeeze, drop, true);
        x = block.draw(x, "block" + (i + 1) + MbConv.letter(j) + "_");
      }
    }
    return x;
  }
}
