package dev.graft.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBicubic;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.image.ResizeNearestNeighbor;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * {@code tf.image.resize} and what {@code image_dataset_from_directory} builds on it.
 *
 * <p>Source: TensorFlow 2.18 {@code image_ops_impl.py} ({@code resize_images_v2}, {@code
 * _resize_image_with_pad_common}), Keras 3.15 {@code image_utils.smart_resize}.
 */
final class TfResize {
  private TfResize() {}

  /**
   * Resizes (batch, height, width, channels) to the wanted size.
   *
   * @return float32 of the same rank
   */
  static Operand<TFloat32> resize(Ops tf, Operand<? extends TNumber> pixels, Preprocessing how) {
    Operand<TInt32> size = tf.constant(how.size());
    return switch (how.aspect()) {
      case STRETCH -> to(tf, pixels, size, how.interpolation());
      case CROP -> to(tf, crop(tf, pixels, how.size()), size, how.interpolation());
      case PAD -> pad(tf, pixels, how);
    };
  }

  private static Operand<TFloat32> to(
      Ops tf, Operand<? extends TNumber> pixels, Operand<TInt32> size, String method) {
    return switch (method) {
      case "bilinear" ->
          tf.image.resizeBilinear(pixels, size, ResizeBilinear.halfPixelCenters(true));
      case "bicubic" -> tf.image.resizeBicubic(pixels, size, ResizeBicubic.halfPixelCenters(true));
      case "area" -> tf.image.resizeArea(pixels, size);
      case "nearest" ->
          tf.dtypes.cast(
              tf.image.resizeNearestNeighbor(
                  pixels, size, ResizeNearestNeighbor.halfPixelCenters(true)),
              TFloat32.class);
      default -> {
        Operand<TFloat32> scale =
            tf.math.div(
                tf.dtypes.cast(size, TFloat32.class),
                tf.dtypes.cast(Images.extent(tf, pixels), TFloat32.class));
        yield tf.image.scaleAndTranslate(
            pixels,
            size,
            scale,
            tf.constant(new float[2]),
            ScaleAndTranslate.kernelType(method),
            ScaleAndTranslate.antialias(false));
      }
    };
  }

  /** The largest part of the wanted aspect ratio, from the middle. */
  private static <T extends TNumber> Operand<T> crop(Ops tf, Operand<T> pixels, int[] size) {
    Operand<TInt32> extent = Images.extent(tf, pixels);
    Operand<TInt32> swapped = tf.reverse(extent, tf.array(0));
    // (width * wanted height / wanted width, height * wanted width / wanted height)
    Operand<TInt32> fitting =
        tf.dtypes.cast(
            tf.math.div(
                tf.dtypes.cast(tf.math.mul(swapped, tf.constant(size)), TFloat32.class),
                tf.array((float) size[1], (float) size[0])),
            TInt32.class);
    Operand<TInt32> kept =
        tf.math.maximum(tf.math.minimum(extent, fitting), tf.constant(new int[] {1, 1}));
    Operand<TInt32> start =
        tf.dtypes.cast(
            tf.math.div(tf.dtypes.cast(tf.math.sub(extent, kept), TFloat32.class), tf.constant(2f)),
            TInt32.class);
    return tf.slice(
        pixels,
        tf.concat(List.of(tf.array(0), start, tf.array(0)), tf.constant(0)),
        tf.concat(List.of(tf.array(-1), kept, tf.array(-1)), tf.constant(0)));
  }

  /** {@code tf.image.resize_with_pad}: the whole picture, in the middle of black. */
  private static Operand<TFloat32> pad(
      Ops tf, Operand<? extends TNumber> pixels, Preprocessing how) {
    Operand<TFloat32> extent = tf.dtypes.cast(Images.extent(tf, pixels), TFloat32.class);
    Operand<TFloat32> wanted = tf.array((float) how.size()[0], (float) how.size()[1]);
    Operand<TFloat32> ratio = tf.reduceMax(tf.math.div(extent, wanted), tf.constant(0));
    Operand<TFloat32> exact = tf.math.div(extent, ratio);
    Operand<TInt32> fitted = tf.dtypes.cast(tf.math.floor(exact), TInt32.class);
    Operand<TInt32> before =
        tf.math.maximum(
            tf.dtypes.cast(
                tf.math.floor(tf.math.div(tf.math.sub(wanted, exact), tf.constant(2f))),
                TInt32.class),
            tf.constant(new int[2]));
    Operand<TFloat32> small = to(tf, pixels, fitted, how.interpolation());
    Operand<TInt32> after = tf.math.sub(tf.math.sub(tf.constant(how.size()), fitted), before);
    Operand<TInt32> margins =
        tf.concat(
            List.of(
                tf.constant(new int[][] {{0, 0}}),
                tf.stack(List.of(before, after), org.tensorflow.op.core.Stack.axis(1L)),
                tf.constant(new int[][] {{0, 0}})),
            tf.constant(0));
    return tf.pad(small, margins, tf.constant(0f));
  }
}
