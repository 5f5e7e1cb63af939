package dev.graft.data;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * The ops that turn pictures into a model's input.
 *
 * <p>They are written once, here: the batches of training and the SavedModel that is served run the
 * same graph.
 */
public final class Images {
  private Images() {}

  /**
   * One picture, from the bytes of its file to a model's input.
   *
   * @param bytes a scalar: a JPEG, PNG or GIF file
   * @return float32 (height, width, channels)
   */
  public static Operand<TFloat32> prepare(Ops tf, Operand<TString> bytes, Preprocessing how) {
    Operand<TUint8> one = tf.expandDims(Decoding.decode(tf, bytes, how), tf.constant(0));
    return tf.squeeze(
        standardize(tf, resize(tf, one, how), how),
        org.tensorflow.op.core.Squeeze.axis(java.util.List.of(0L)));
  }

  /**
   * Why {@link #prepare} should not be given {@code file}: it is no picture, or promises more than
   * {@code mostPixels} (width times height). Empty when it may. Only the head is looked at.
   */
  public static Optional<String> refusal(byte[] file, long mostPixels) {
    return PictureFile.refusal(file, mostPixels);
  }

  /** Pictures of the wanted size: float32 (batch, height, width, channels), 0 to 255. */
  static Operand<TFloat32> resize(Ops tf, Operand<? extends TNumber> pixels, Preprocessing how) {
    if (how.size() == null) {
      return tf.dtypes.cast(pixels, TFloat32.class);
    }
    Operand<TFloat32> resized =
        switch (how.resize()) {
          case TF -> TfResize.resize(tf, pixels, how);
          case PILLOW -> PillowResize.resize(tf, pixels, how);
        };
    return tf.ensureShape(
        resized, Shape.of(-1, how.size()[0], how.size()[1], how.color().channels()));
  }

  /** {@code preprocess_input}, rescaling and standardizing; a picture or a batch of them. */
  static Operand<TFloat32> standardize(Ops tf, Operand<TFloat32> x, Preprocessing how) {
    Operand<TFloat32> y =
        switch (Mode.of(how.preprocess())) {
          case NONE -> x;
          case CAFFE ->
              tf.math.add(tf.reverse(x, tf.array(-1)), tf.array(-103.939f, -116.779f, -123.68f));
          case TF -> tf.math.sub(tf.math.div(x, tf.constant(127.5f)), tf.constant(1f));
          case TORCH ->
              tf.math.div(
                  tf.math.add(
                      tf.math.div(x, tf.constant(255f)), tf.array(-0.485f, -0.456f, -0.406f)),
                  tf.array(0.229f, 0.224f, 0.225f));
        };
    if (how.rescale() != 1) {
      y = tf.math.mul(y, tf.constant((float) how.rescale()));
    }
    if (how.offset() != 0) {
      y = tf.math.add(y, tf.constant((float) how.offset()));
    }
    return how.standardization().apply(tf, y);
  }

  /** Height and width of a batch of pictures, as an int32 vector of 2. */
  static Operand<TInt32> extent(Ops tf, Operand<? extends TNumber> pixels) {
    return tf.slice(tf.shape(pixels), tf.array(1), tf.array(2));
  }
}
