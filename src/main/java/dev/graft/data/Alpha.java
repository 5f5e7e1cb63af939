package dev.graft.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Colours multiplied by their opacity and back, as Pillow does around a resize of RGBA.
 *
 * <p>Source: Pillow {@code Convert.c}, {@code rgbA2rgba} and {@code rgba2rgbA}.
 */
final class Alpha {
  private Alpha() {}

  /** Multiplies colours by alpha / 255 and rounds; (batch, height, width, 4). */
  static Operand<TFloat32> premultiply(Ops tf, Operand<? extends TNumber> pixels) {
    Operand<TInt32> values = tf.dtypes.cast(pixels, TInt32.class);
    Operand<TInt32> alpha = channels(tf, values, 3, 1);
    Operand<TInt32> product =
        tf.math.add(tf.math.mul(channels(tf, values, 0, 3), alpha), tf.constant(128));
    Operand<TInt32> high = tf.math.floorDiv(product, tf.constant(256));
    Operand<TInt32> color = tf.math.floorDiv(tf.math.add(high, product), tf.constant(256));
    return tf.dtypes.cast(tf.concat(List.of(color, alpha), tf.constant(3)), TFloat32.class);
  }

  /** Divides colours by alpha / 255, cuts off fractions and clips. */
  static Operand<TFloat32> unpremultiply(Ops tf, Operand<TFloat32> pixels) {
    Operand<TInt32> values = tf.dtypes.cast(pixels, TInt32.class);
    Operand<TInt32> alpha = channels(tf, values, 3, 1);
    Operand<TInt32> color = channels(tf, values, 0, 3);
    Operand<TInt32> divided =
        tf.math.minimum(
            tf.math.floorDiv(
                tf.math.mul(color, tf.constant(255)), tf.math.maximum(alpha, tf.constant(1))),
            tf.constant(255));
    Operand<TInt32> kept = tf.select(tf.math.equal(alpha, tf.constant(0)), color, divided);
    return tf.dtypes.cast(tf.concat(List.of(kept, alpha), tf.constant(3)), TFloat32.class);
  }

  private static Operand<TInt32> channels(Ops tf, Operand<TInt32> x, int from, int count) {
    return tf.slice(x, tf.array(0, 0, 0, from), tf.array(-1, -1, -1, count));
  }
}
