package dev.graft.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.image.ImageProjectiveTransformV3;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** The ops of {@link RandomLayer}s on one picture of (height, width, channels), 0 to 255. */
final class RandomOps {
  private final Ops tf;

  private RandomOps(Ops tf) {
    this.tf = tf;
  }

  /**
   * Changes a picture by all layers, one after the other.
   *
   * @param values what {@link RandomLayer#values} gives of each, one after the other
   */
  static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> x, Operand<TFloat64> values, List<RandomLayer> layers) {
    RandomOps ops = new RandomOps(tf);
    Operand<TFloat32> y = x;
    int at = 0;
    for (RandomLayer layer : layers) {
      Operand<TFloat64> own = tf.slice(values, tf.array(at), tf.array(layer.kind().values));
      y = ops.one(y, tf.dtypes.cast(own, TFloat32.class), layer);
      at += layer.kind().values;
    }
    return y;
  }

  private Operand<TFloat32> one(Operand<TFloat32> x, Operand<TFloat32> values, RandomLayer layer) {
    if (layer.kind().moves()) {
      return moved(x, values, layer.fill());
    }
    Operand<TFloat32> value = tf.reshape(values, tf.constant(new int[0]));
    Operand<TBool> chosen = tf.math.greater(value, tf.constant(0.5f));
    return switch (layer.kind()) {
      case FLIP -> tf.select(chosen, tf.reverse(x, axes(layer.flips())), x);
      case CONTRAST -> {
        Operand<TFloat32> mean =
            tf.math.mean(
                tf.math.mean(x, tf.array(0), Mean.keepDims(true)),
                tf.array(1),
                Mean.keepDims(true));
        yield clipped(tf.math.add(tf.math.mul(tf.math.sub(x, mean), value), mean), layer.range());
      }
      case BRIGHTNESS -> clipped(tf.math.add(x, value), layer.range());
      case SATURATION -> saturated(x, value, layer.range());
      case HUE -> turned(x, value, layer.range());
      case GRAYSCALE -> tf.select(chosen, gray(x), x);
      case INVERT -> tf.select(chosen, tf.math.sub(tf.constant((float) layer.range()[1]), x), x);
      default -> posterized(x, value, layer.range());
    };
  }

  private Operand<TFloat32> moved(
      Operand<TFloat32> x, Operand<TFloat32> values, RandomLayer.Fill fill) {
    Operand<TFloat32> moved =
        tf.image.imageProjectiveTransformV3(
            tf.expandDims(x, tf.constant(0)),
            tf.expandDims(values, tf.constant(0)),
            tf.slice(tf.shape(x), tf.array(0), tf.array(2)),
            tf.constant(fill.value()),
            fill.interpolation(),
            ImageProjectiveTransformV3.fillMode(fill.mode()));
    return tf.reshape(moved, tf.shape(x));
  }

  private Operand<TInt32> axes(RandomLayer.Flips flips) {
    return switch (flips) {
      case HORIZONTAL -> tf.array(1);
      case VERTICAL -> tf.array(0);
      case HORIZONTAL_AND_VERTICAL -> tf.array(0, 1);
    };
  }

  private Operand<TFloat32> clipped(Operand<TFloat32> x, double[] range) {
    return tf.clipByValue(x, tf.constant((float) range[0]), tf.constant((float) range[1]));
  }

  /** Keras clips the saturation, which goes to 1, to the range of the pixels; so is done here. */
  private Operand<TFloat32> saturated(
      Operand<TFloat32> x, Operand<TFloat32> factor, double[] range) {
    Operand<TFloat32> hsv = tf.image.rgbToHsv(x);
    Operand<TFloat32> saturation = clipped(tf.math.mul(channel(hsv, 1), factor), range);
    return tf.image.hsvToRgb(
        tf.concat(List.of(channel(hsv, 0), saturation, channel(hsv, 2)), tf.constant(2)));
  }

  private Operand<TFloat32> turned(Operand<TFloat32> x, Operand<TFloat32> by, double[] range) {
    Operand<TFloat32> low = tf.constant((float) range[0]);
    Operand<TFloat32> span = tf.constant((float) (range[1] - range[0]));
    Operand<TFloat32> hsv = tf.image.rgbToHsv(tf.math.div(tf.math.sub(x, low), span));
    Operand<TFloat32> hue = tf.math.add(channel(hsv, 0), by);
    Operand<TFloat32> one = tf.constant(1f);
    hue = tf.select(tf.math.greater(hue, one), tf.math.sub(hue, one), hue);
    hue = tf.select(tf.math.less(hue, tf.constant(0f)), tf.math.add(hue, one), hue);
    Operand<TFloat32> rgb =
        tf.image.hsvToRgb(
            tf.concat(List.of(hue, channel(hsv, 1), channel(hsv, 2)), tf.constant(2)));
    return tf.math.add(tf.math.mul(tf.clipByValue(rgb, tf.constant(0f), one), span), low);
  }

  private Operand<TFloat32> gray(Operand<TFloat32> x) {
    return tf.reduceSum(
        tf.math.mul(x, tf.array(0.2989f, 0.587f, 0.114f)),
        tf.constant(2),
        ReduceSum.keepDims(true));
  }

  /** The lowest bits of each byte are cut off. */
  private Operand<TFloat32> posterized(
      Operand<TFloat32> x, Operand<TFloat32> bits, double[] range) {
    Operand<TFloat32> low = tf.constant((float) range[0]);
    Operand<TFloat32> scale = tf.constant((float) (255 / (range[1] - range[0])));
    Operand<TFloat32> bytes = tf.math.floor(tf.math.mul(tf.math.sub(x, low), scale));
    Operand<TFloat32> step = tf.math.pow(tf.constant(2f), bits);
    Operand<TFloat32> cut = tf.math.mul(tf.math.floor(tf.math.div(bytes, step)), step);
    return tf.math.add(tf.math.div(cut, scale), low);
  }

  private Operand<TFloat32> channel(Operand<TFloat32> x, int index) {
    return tf.slice(x, tf.array(0, 0, index), tf.array(-1, -1, 1));
  }
}
