package dev.graft.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Turns a photo as its camera noted that it was held, as Pillow's {@code ImageOps.exif_transpose}
 * does: in ops, so that the served model does the same.
 *
 * <p>The note is EXIF's tag 0x0112 in the first directory of a JPEG's APP1 segment, which is the
 * first segment or follows the one of JFIF. Source: Exif 2.32, section 4.5 and 4.6.
 */
final class Upright {
  /** What of a file is looked at; the first directory stands near the beginning. */
  private static final int HEAD = 4096;

  private static final int ORIENTATION = 0x0112;
  private static final int MOST_ENTRIES = 64;

  private final Ops tf;
  private final Operand<TInt32> head;

  private Upright(Ops tf, Operand<TString> bytes) {
    this.tf = tf;
    Operand<TString> padded =
        tf.strings.join(
            List.of(
                tf.strings.substr(bytes, tf.constant(0), tf.constant(HEAD)),
                tf.constant("\0".repeat(HEAD))));
    Operand<TUint8> raw =
        tf.io.decodeRaw(tf.strings.substr(padded, tf.constant(0), tf.constant(HEAD)), TUint8.class);
    head = tf.dtypes.cast(raw, TInt32.class);
  }

  /**
   * The picture turned.
   *
   * @param bytes the file it was decoded from
   * @param pixels (height, width, channels)
   */
  static Operand<TUint8> turn(Ops tf, Operand<TString> bytes, Operand<TUint8> pixels) {
    Upright upright = new Upright(tf, bytes);
    return upright.turned(pixels, upright.orientation());
  }

  private Operand<TInt32> scalar(int value) {
    return tf.constant(value);
  }

  /** The bytes at {@code places}, which may lie beyond the end: then the last one. */
  private Operand<TInt32> at(Operand<TInt32> places) {
    Operand<TInt32> within = tf.math.maximum(scalar(0), tf.math.minimum(places, scalar(HEAD - 1)));
    return tf.gather(head, within, scalar(0));
  }

  private Operand<TInt32> at(Operand<TInt32> place, int offset) {
    return at(tf.math.add(place, scalar(offset)));
  }

  private Operand<TBool> is(Operand<TInt32> place, int... values) {
    Operand<TBool> all = tf.constant(true);
    for (int i = 0; i < values.length; i++) {
      all = tf.math.logicalAnd(all, tf.math.equal(at(place, i), scalar(values[i])));
    }
    return all;
  }

  private Operand<TInt32> pair(Operand<TInt32> high, Operand<TInt32> low) {
    return tf.math.add(tf.math.mul(high, scalar(256)), low);
  }

  /** A number of two bytes, in the order that the file says. */
  private Operand<TInt32> number(Operand<TInt32> place, Operand<TBool> little) {
    Operand<TInt32> first = at(place, 0);
    Operand<TInt32> second = at(place, 1);
    return tf.select(little, pair(second, first), pair(first, second));
  }

  /** 1 to 8; 1 when nothing is noted. */
  private Operand<TInt32> orientation() {
    Operand<TInt32> first = scalar(2);
    Operand<TInt32> afterJfif = tf.math.add(scalar(4), pair(at(scalar(4)), at(scalar(5))));
    Operand<TInt32> segment = tf.select(is(first, 0xff, 0xe0), afterJfif, first);
    Operand<TBool> exif =
        tf.math.logicalAnd(
            tf.math.logicalAnd(is(scalar(0), 0xff, 0xd8), is(segment, 0xff, 0xe1)),
            is(tf.math.add(segment, scalar(4)), 'E', 'x', 'i', 'f', 0, 0));
    Operand<TInt32> tiff = tf.math.add(segment, scalar(10));
    Operand<TBool> little = is(tiff, 'I', 'I');
    // The directory's place has four bytes; one beyond the head cannot be followed.
    Operand<TInt32> place =
        tf.select(
            little,
            number(tf.math.add(tiff, scalar(4)), little),
            number(tf.math.add(tiff, scalar(6)), little));
    Operand<TInt32> directory = tf.math.add(tiff, place);
    Operand<TInt32> numbers = tf.range(scalar(0), scalar(MOST_ENTRIES), scalar(1));
    Operand<TInt32> entries =
        tf.math.add(tf.math.add(directory, scalar(2)), tf.math.mul(numbers, scalar(12)));
    Operand<TBool> fits =
        tf.math.logicalAnd(
            tf.math.equal(number(entries, little), scalar(ORIENTATION)),
            tf.math.less(numbers, number(directory, little)));
    Operand<TInt32> value = number(tf.math.add(entries, scalar(8)), little);
    Operand<TInt32> sum =
        tf.reduceSum(
            tf.math.mul(value, tf.dtypes.cast(fits, TInt32.class)),
            scalar(0),
            ReduceSum.keepDims(false));
    Operand<TBool> known =
        tf.math.logicalAnd(
            exif,
            tf.math.logicalAnd(
                tf.math.greaterEqual(sum, scalar(1)), tf.math.lessEqual(sum, scalar(8))));
    return tf.select(known, sum, scalar(1));
  }

  private Operand<TBool> among(Operand<TInt32> value, int... values) {
    Operand<TBool> any = tf.constant(false);
    for (int each : values) {
      any = tf.math.logicalOr(any, tf.math.equal(value, scalar(each)));
    }
    return any;
  }

  private Operand<TUint8> turned(Operand<TUint8> pixels, Operand<TInt32> orientation) {
    // Not bytes: oneDNN has no transposition of them and says so on stderr.
    Operand<TFloat32> x = tf.dtypes.cast(pixels, TFloat32.class);
    Operand<TInt32> axes =
        tf.select(among(orientation, 5, 6, 7, 8), tf.array(1, 0, 2), tf.array(0, 1, 2));
    x = tf.linalg.transpose(x, axes);
    x = tf.select(among(orientation, 2, 3, 6, 7), tf.reverse(x, tf.array(1)), x);
    x = tf.select(among(orientation, 3, 4, 7, 8), tf.reverse(x, tf.array(0)), x);
    return tf.dtypes.cast(x, TUint8.class);
  }
}
