package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.Arrays;
import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBicubic;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.image.ResizeNearestNeighbor;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** How pictures are resized, as {@code tf.image.resize} does it (pixel centres at one half). */
public enum Interpolation {
  NEAREST,
  BILINEAR,
  BICUBIC,
  LANCZOS3,
  LANCZOS5,
  GAUSSIAN,
  MITCHELLCUBIC;

  static Interpolation read(Config c, Interpolation absent) {
    return named(c.string("interpolation", absent.keras()).toLowerCase(Locale.ROOT));
  }

  static Interpolation named(String name) {
    for (Interpolation interpolation : values()) {
      if (interpolation.keras().equals(name)) {
        return interpolation;
      }
    }
    throw new UnsupportedException(
        "Graft cannot resize by '"
            + name
            + "'."
            + Nearest.hint(name, Arrays.stream(values()).map(Interpolation::keras).toList()));
  }

  /** Keras's name. */
  public String keras() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code x} (batch, height, width, channels) at {@code size} (height, width). */
  Operand<TFloat32> resize(Ops tf, Operand<TFloat32> x, Operand<TInt32> size, boolean antialias) {
    return switch (this) {
      case NEAREST ->
          tf.image.resizeNearestNeighbor(x, size, ResizeNearestNeighbor.halfPixelCenters(true));
      case BILINEAR ->
          antialias
              ? scale(tf, x, size, "triangle", true)
              : tf.image.resizeBilinear(x, size, ResizeBilinear.halfPixelCenters(true));
      case BICUBIC ->
          antialias
              ? scale(tf, x, size, "keyscubic", true)
              : tf.image.resizeBicubic(x, size, ResizeBicubic.halfPixelCenters(true));
      case LANCZOS3, LANCZOS5, GAUSSIAN, MITCHELLCUBIC -> scale(tf, x, size, keras(), antialias);
    };
  }

  private static Operand<TFloat32> scale(
      Ops tf, Operand<TFloat32> x, Operand<TInt32> size, String kernel, boolean antialias) {
    Operand<TInt32> own =
        tf.slice(tf.shape(x), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
    Operand<TFloat32> factor =
        tf.math.div(tf.dtypes.cast(size, TFloat32.class), tf.dtypes.cast(own, TFloat32.class));
    return tf.image.scaleAndTranslate(
        x,
        size,
        factor,
        tf.zerosLike(factor),
        ScaleAndTranslate.kernelType(kernel),
        ScaleAndTranslate.antialias(antialias));
  }
}
