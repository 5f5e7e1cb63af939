package dev.graft.model;

/**
 * ResNet 50, 101 and 152 in both versions.
 *
 * <p>Source: keras/src/applications/resnet.py and resnet_v2.py, Keras 3.15; He et al., Deep
 * Residual Learning for Image Recognition, 2015, and Identity Mappings in Deep Residual Networks,
 * 2016.
 */
final class ResNet {
  private static final double EPSILON = 1.001e-5;

  private ResNet() {}

  /** The first version, with so many blocks in each of the four stacks. */
  static Applications.Family first(int... blocks) {
    return (start, variant) -> {
      Flow x = start.pad("conv1_pad", 3).conv("conv1_conv", 64, 7, "strides", 2);
      x = x.normThird("conv1_bn", "epsilon", EPSILON).activation("conv1_relu", "relu");
      x = x.pad("pool1_pad", 1).maxPool("pool1_pool", 3, 2, "valid");
      for (int i = 0; i < blocks.length; i++) {
        for (int j = 1; j <= blocks[i]; j++) {
          x = block(x, 64 << i, j > 1 || i == 0 ? 1 : 2, "conv" + (i + 2) + "_block" + j, j == 1);
        }
      }
      return x.classifier(variant);
    };
  }

  private static Flow block(Flow x, int filters, int strides, String name, boolean project) {
    Flow shortcut = x;
    if (project) {
      shortcut = x.conv(name + "_0_conv", 4L * filters, 1, "strides", strides);
      shortcut = shortcut.normThird(name + "_0_bn", "epsilon", EPSILON);
    }
    Flow y = x.conv(name + "_1_conv", filters, 1, "strides", strides);
    y = y.normThird(name + "_1_bn", "epsilon", EPSILON).activation(name + "_1_relu", "relu");
    y = y.conv(name + "_2_conv", filters, 3, "padding", "same");
    y = y.normThird(name + "_2_bn", "epsilon", EPSILON).activation(name + "_2_relu", "relu");
    y = y.conv(name + "_3_conv", 4L * filters, 1).normThird(name + "_3_bn", "epsilon", EPSILON);
    return shortcut.plus(name + "_add", y).activation(name + "_out", "relu");
  }

  /** The second version, which normalises before it convolves. */
  static Applications.Family second(int... blocks) {
    return (start, variant) -> {
      Flow x = start.pad("conv1_pad", 3).conv("conv1_conv", 64, 7, "strides", 2);
      x = x.pad("pool1_pad", 1).maxPool("pool1_pool", 3, 2, "valid");
      for (int i = 0; i < blocks.length; i++) {
        for (int j = 1; j <= blocks[i]; j++) {
          // Every stack but the last halves the picture in its last block.
          int strides = j == blocks[i] && i < blocks.length - 1 ? 2 : 1;
          x = preactivated(x, 64 << i, strides, "conv" + (i + 2) + "_block" + j, j == 1);
        }
      }
      x = x.normThird("post_bn", "epsilon", EPSILON).activation("post_relu", "relu");
      return x.classifier(variant);
    };
  }

  private static Flow preactivated(Flow x, int filters, int strides, String name, boolean project) {
    Flow start = x.normThird(name + "_preact_bn", "epsilon", EPSILON);
    start = start.activation(name + "_preact_relu", "relu");
    Flow shortcut = x;
    if (project) {
      shortcut = start.conv(name + "_0_conv", 4L * filters, 1, "strides", strides);
    } else if (strides > 1) {
      shortcut = x.maxPool(null, 1, strides, "valid");
    }
    Flow y = start.conv(name + "_1_conv", filters, 1, "use_bias", false);
    y = y.normThird(name + "_1_bn", "epsilon", EPSILON).activation(name + "_1_relu", "relu");
    y = y.pad(name + "_2_pad", 1);
    y = y.conv(name + "_2_conv", filters, 3, "strides", strides, "use_bias", false);
    y = y.normThird(name + "_2_bn", "epsilon", EPSILON).activation(name + "_2_relu", "relu");
    return shortcut.plus(name + "_out", y.conv(name + "_3_conv", 4L * filters, 1));
  }
}
