package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.Locale;

/** How a convolution or pooling treats the border. */
public enum Padding {
  /** Only windows that lie inside. */
  VALID,
  /** Zeros on both sides, one more at the end where the number is odd. */
  SAME,
  /** Zeros before the first step only: no output sees a later step. */
  CAUSAL;

  /** The setting under {@code padding}; absent is valid. */
  public static Padding read(Config config) {
    return read(config, false);
  }

  static Padding read(Config config, boolean causal) {
    String name = config.string("padding", "valid").toLowerCase(Locale.ROOT);
    for (Padding padding : values()) {
      if (padding.keras().equals(name) && (causal || padding != CAUSAL)) {
        return padding;
      }
    }
    throw new UnsupportedException(
        config.where("padding")
            + ": expected valid"
            + (causal ? ", same or causal" : " or same")
            + ", came "
            + name
            + ".");
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
    return this == VALID
        ? Math.floorDiv(input - window, stride) + 1
        : (input + stride - 1) / stride;
  }
}
