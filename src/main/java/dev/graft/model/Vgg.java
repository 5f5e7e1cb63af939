package dev.graft.model;

/**
 * VGG16 and VGG19: blocks of 3 × 3 convolutions, each block ended by pooling.
 *
 * <p>Source: keras/src/applications/vgg16.py and vgg19.py, Keras 3.15; Simonyan and Zisserman, Very
 * Deep Convolutional Networks for Large-Scale Image Recognition, 2014.
 */
final class Vgg {
  private static final int[] FILTERS = {64, 128, 256, 512, 512};

  private Vgg() {}

  /** With so many convolutions in each of the five blocks. */
  static Applications.Family of(int... convolutions) {
    return (start, variant) -> {
      Flow x = start;
      for (int block = 1; block <= convolutions.length; block++) {
        String name = "block" + block + "_";
        for (int i = 1; i <= convolutions[block - 1]; i++) {
          x =
              x.conv(
                  name + "conv" + i,
                  FILTERS[block - 1],
                  3,
                  "activation",
                  "relu",
                  "padding",
                  "same");
        }
        x = x.maxPool(name + "pool", 2, 2, "valid");
      }
      if (!variant.top()) {
        return x.pooled(variant, null, null);
      }
      x = x.layer("Flatten", "flatten");
      x = x.layer("Dense", "fc1", "units", 4096, "activation", "relu");
      x = x.layer("Dense", "fc2", "units", 4096, "activation", "relu");
      return x.predictions(variant);
    };
  }
}
