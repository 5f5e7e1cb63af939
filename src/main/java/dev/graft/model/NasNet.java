package dev.graft.model;

import java.util.List;

/**
 * NASNet-A, mobile and large: cells found by search, each fed by the two before it.
 *
 * <p>Source: keras/src/applications/nasnet.py, Keras 3.15; Zoph et al., Learning Transferable
 * Architectures for Scalable Image Recognition, 2017.
 */
final class NasNet {
  private static final Object[] NORM = {"momentum", 0.9997, "epsilon", 1e-3};

  private NasNet() {}

  /** What a cell gives to the next: its output, and its input. */
  private record Pair(Flow out, Flow before) {}

  /**
   * With so many cells in each of the three stacks.
   *
   * @param last channels of the last cell
   * @param skip whether the cell after a reduction looks past it
   */
  static Applications.Family of(int last, int cells, int stem, boolean skip) {
    return (start, variant) -> {
      int filters = last / 24;
      Flow x =
          start.conv(
              "stem_conv1",
              stem,
              3,
              "strides",
              2,
              "padding",
              "valid",
              "use_bias",
              false,
              "kernel_initializer",
              "he_normal");
      Pair pair = reduction(new Pair(x.norm("stem_bn1", NORM), null), filters / 4, "stem_1");
      pair = reduction(pair, filters / 2, "stem_2");
      for (int stack = 0; stack < 3; stack++) {
        int wide = filters << stack;
        if (stack > 0) {
          Pair reduced = reduction(pair, wide, "reduce_" + stack * cells);
          pair = skip ? new Pair(reduced.out(), pair.before()) : reduced;
        }
        for (int i = 0; i < cells; i++) {
          int id = stack * cells + i + (stack > 0 ? 1 : 0);
          pair = normal(pair, wide, Integer.toString(id));
        }
      }
      x = pair.out().activation(null, "relu");
      return variant.top()
          ? x.layer("GlobalAveragePooling2D", null).predictions(variant)
          : x.pooled(variant, null, null);
    };
  }

  private static Pair normal(Pair pair, int filters, String id) {
    Flow x = pair.out();
    Flow p = adjusted(pair, filters, id);
    Flow h = narrow(x.activation(null, "relu"), "normal_conv_1_" + id, filters);
    h = h.norm("normal_bn_1_" + id, NORM);
    Flow one = separable(h, filters, 5, 1, "normal_left1_" + id);
    one = one.plus("normal_add_1_" + id, separable(p, filters, 3, 1, "normal_right1_" + id));
    Flow two = separable(p, filters, 5, 1, "normal_left2_" + id);
    two = two.plus("normal_add_2_" + id, separable(p, filters, 3, 1, "normal_right2_" + id));
    Flow three = h.averagePool("normal_left3_" + id, 3, 1, "same").plus("normal_add_3_" + id, p);
    Flow four = p.averagePool("normal_left4_" + id, 3, 1, "same");
    four = four.plus("normal_add_4_" + id, p.averagePool("normal_right4_" + id, 3, 1, "same"));
    Flow five = separable(h, filters, 3, 1, "normal_left5_" + id).plus("normal_add_5_" + id, h);
    return new Pair(Flow.concatenate("normal_concat_" + id, -1, p, one, two, three, four, five), x);
  }

  private static Pair reduction(Pair pair, int filters, String id) {
    Flow x = pair.out();
    Flow p = adjusted(pair, filters, id);
    Flow h = narrow(x.activation(null, "relu"), "reduction_conv_1_" + id, filters);
    h = h.norm("reduction_bn_1_" + id, NORM);
    Flow padded = h.padForStride("reduction_pad_1_" + id, 3);
    Flow one = separable(h, filters, 5, 2, "reduction_left1_" + id);
    one = one.plus("reduction_add_1_" + id, separable(p, filters, 7, 2, "reduction_right1_" + id));
    Flow two = padded.maxPool("reduction_left2_" + id, 3, 2, "valid");
    two = two.plus("reduction_add_2_" + id, separable(p, filters, 7, 2, "reduction_right2_" + id));
    Flow three = padded.averagePool("reduction_left3_" + id, 3, 2, "valid");
    three =
        three.plus("reduction_add3_" + id, separable(p, filters, 5, 2, "reduction_right3_" + id));
    Flow four = two.plus(null, one.averagePool("reduction_left4_" + id, 3, 1, "same"));
    Flow five = separable(one, filters, 3, 1, "reduction_left4_" + id);
    five =
        five.plus("reduction_add4_" + id, padded.maxPool("reduction_right5_" + id, 3, 2, "valid"));
    return new Pair(Flow.concatenate("reduction_concat_" + id, -1, two, three, four, five), x);
  }

  /** The cell before the last, in the size and the channels of the last. */
  private static Flow adjusted(Pair pair, int filters, String id) {
    Flow x = pair.out();
    Flow p = pair.before() == null ? x : pair.before();
    if (p.width() != x.width()) {
      return halved(p, filters, id);
    }
    if (pair.before() == null || p.channels() == filters) {
      return p;
    }
    Flow y = narrow(p.activation(null, "relu"), "adjust_conv_projection_" + id, filters);
    return y.norm("adjust_bn_" + id, NORM);
  }

  private static Flow halved(Flow start, int filters, String id) {
    Flow p = start.activation("adjust_relu_1_" + id, "relu");
    Flow one = p.averagePool("adjust_avg_pool_1_" + id, 1, 2, "valid");
    one = narrow(one, "adjust_conv_1_" + id, filters / 2);
    Flow two = p.pad(null, new int[] {0, 1}, new int[] {0, 1});
    two = two.layer("Cropping2D", null, "cropping", List.of(List.of(1, 0), List.of(1, 0)));
    two = two.averagePool("adjust_avg_pool_2_" + id, 1, 2, "valid");
    two = narrow(two, "adjust_conv_2_" + id, filters / 2);
    return Flow.concatenate(null, -1, one, two).norm("adjust_bn_" + id, NORM);
  }

  private static Flow narrow(Flow x, String name, int filters) {
    return x.conv(
        name, filters, 1, "padding", "same", "use_bias", false, "kernel_initializer", "he_normal");
  }

  private static Flow separable(Flow start, int filters, int kernel, int strides, String id) {
    Flow x = start.activation(null, "relu");
    if (strides == 2) {
      x = x.padForStride("separable_conv_1_pad_" + id, kernel);
    }
    x = separable(x, "separable_conv_1_" + id, filters, kernel, strides);
    x = x.norm("separable_conv_1_bn_" + id, NORM).activation(null, "relu");
    x = separable(x, "separable_conv_2_" + id, filters, kernel, 1);
    return x.norm("separable_conv_2_bn_" + id, NORM);
  }

  private static Flow separable(Flow x, String name, int filters, int kernel, int strides) {
    return x.layer(
        "SeparableConv2D",
        name,
        "filters",
        filters,
        "kernel_size",
        kernel,
        "strides",
        strides,
        "padding",
        strides == 2 ? "valid" : "same",
        "use_bias",
        false);
  }
}
