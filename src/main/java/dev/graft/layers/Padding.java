package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.Locale;

/** How a convolution or pooling treats the border. */
public enum Padding {
  VALID,
  SAME;

  /** The setting under {@code padding}; absent is valid. */
  public static Padding read(Config config) {
    String name = config.string("padding", "valid").toLowerCase(Locale.ROOT);
    for (Padding padding : values()) {
      if (padding.keras().equals(name)) {
        return padding;
      }
    }
    throw new UnsupportedException(
        config.where("padding") + ": expected valid or same, came " + name + ".");
  }

  /** Keras's name. */
  public String keras() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Output size along one dimension; -1 stays -1. */
  public long size(long input, int window, int stride) {
    if (input < 0) {
      return -1;
    }
    return this == SAME ? (input + stride - 1) / stride : (input - window) / stride + 1;
  }
}
