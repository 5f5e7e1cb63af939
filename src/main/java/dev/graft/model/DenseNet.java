package dev.graft.model;

/**
 * DenseNet 121, 169 and 201: every block adds its channels to those it got.
 *
 * <p>Source: keras/src/applications/densenet.py, Keras 3.15; Huang et al., Densely Connected
 * Convolutional Networks, 2016.
 */
final class DenseNet {
  private static final double EPSILON = 1.001e-5;
  private static final int GROWTH = 32;

  private DenseNet() {}

  /** With so many blocks in each of the four stages. */
  static Applications.Family of(int... blocks) {
    return (start, variant) -> {
      Flow x = start.pad(null, 3).conv("conv1_conv", 64, 7, "strides", 2, "use_bias", false);
      x = x.normThird("conv1_bn", "epsilon", EPSILON).activation("conv1_relu", "relu");
      x = x.pad(null, 1).maxPool("pool1", 3, 2, "valid");
      for (int i = 0; i < blocks.length; i++) {
        for (int j = 1; j <= blocks[i]; j++) {
          x = block(x, "conv" + (i + 2) + "_block" + j);
        }
        if (i < blocks.length - 1) {
          x = transition(x, "pool" + (i + 2));
        }
      }
      return x.normThird("bn", "epsilon", EPSILON).activation("relu", "relu").classifier(variant);
    };
  }

  private static Flow block(Flow x, String name) {
    Flow y = x.normThird(name + "_0_bn", "epsilon", EPSILON).activation(name + "_0_relu", "relu");
    y = y.conv(name + "_1_conv", 4L * GROWTH, 1, "use_bias", false);
    y = y.normThird(name + "_1_bn", "epsilon", EPSILON).activation(name + "_1_relu", "relu");
    y = y.conv(name + "_2_conv", GROWTH, 3, "padding", "same", "use_bias", false);
    return Flow.concatenate(name + "_concat", 3, x, y);
  }

  private static Flow transition(Flow x, String name) {
    Flow y = x.normThird(name + "_bn", "epsilon", EPSILON).activation(name + "_relu", "relu");
    y = y.conv(name + "_conv", x.channels() / 2, 1, "use_bias", false);
    return y.averagePool(name + "_pool", 2, 2, "valid");
  }
}
