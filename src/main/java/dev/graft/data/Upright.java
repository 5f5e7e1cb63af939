package dev.graft.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SwitchCond;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Turns a photo as its camera noted that it was held, as Pillow's {@code ImageOps.exif_transpose}
 * does: in ops, so that the served model does the same.
 *
 * <p>The note is EXIF's tag 0x0112 in the first directory, or without it XMP's {@code
 * tiff:Orientation}; of a JPEG or a PNG, where {@link Segments} finds them. Source: Exif 2.32,
 * section 4.6; Pillow 13 {@code Image.getexif}. Two kinds of notes are not looked at, which Pillow
 * reads: those that ImageMagick wrote as text into a PNG before there was a chunk for EXIF, and XMP
 * that is compressed.
 */
final class Upright {
  private static final int HEAD = Segments.EXIF_BYTES;
  private static final String PREFIX = "Exif\0\0";
  private static final int ORIENTATION = 0x0112;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int MOST_ENTRIES = 64;

  /** As Pillow's {@code tiff:Orientation(="|>)([0-9])}; any byte may stand before and after it. */
  private static final String XMP = "(?s)\\C*?tiff:Orientation(?:=\"|>)([0-9])\\C*";

  private final Ops tf;
  private final Operand<TInt32> head;

  /**
   * Reads EXIF.
   *
   * @param exif as {@link Segments} gives it
   */
  private Upright(Ops tf, Operand<TString> exif) {
    this.tf = tf;
    Operand<TString> padded = tf.strings.join(List.of(exif, tf.constant("\0".repeat(HEAD))));
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
    Segments segments = Segments.of(tf, bytes);
    Upright upright = new Upright(tf, segments.exif());
    Operand<TInt32> orientation = upright.orientation(segments.xmp());
    // Most photos stay as they are, and a turn takes as long as decoding.
    SwitchCond<TUint8> turns =
        tf.switchCond(pixels, upright.among(orientation, 2, 3, 4, 5, 6, 7, 8));
    Operand<TUint8> turned = upright.turned(turns.outputTrue(), orientation);
    return tf.merge(List.of(turns.outputFalse(), turned)).output();
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

  /** What EXIF says, or else XMP: 1 to 8 when it is known, any other number when not. */
  private Operand<TInt32> orientation(Operand<TString> xmp) {
    Operand<TInt32> exif = noted();
    Operand<TBool> absent = tf.math.less(exif, scalar(0));
    // XMP may be long: it is looked through only where it counts.
    Operand<TString> text = tf.select(absent, xmp, tf.constant(""));
    Operand<TString> digit =
        tf.select(
            tf.strings.regexFullMatch(text, tf.constant(XMP)),
            tf.strings.regexReplace(text, tf.constant(XMP), tf.constant("\\1")),
            tf.constant("0"));
    return tf.select(absent, tf.strings.toNumber(digit, TInt32.class), exif);
  }

  /** The place after {@code from}'s prefix, if it has one. */
  private Operand<TInt32> behindPrefix(Operand<TInt32> from) {
    int[] letters = PREFIX.chars().toArray();
    return tf.select(is(from, letters), tf.math.add(from, scalar(letters.length)), from);
  }

  /** EXIF's number; -1 when it has none. */
  private Operand<TInt32> noted() {
    // Pillow takes the prefix away up to twice.
    Operand<TInt32> tiff = behindPrefix(behindPrefix(scalar(0)));
    Operand<TBool> little = is(tiff, 'I', 'I');
    Operand<TBool> exif = tf.math.logicalOr(little, is(tiff, 'M', 'M'));
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
    Operand<TInt32> type = number(tf.math.add(entries, scalar(2)), little);
    Operand<TBool> wide = tf.math.equal(type, scalar(LONG));
    Operand<TBool> fits =
        tf.math.logicalAnd(
            tf.math.logicalAnd(exif, tf.math.logicalOr(wide, tf.math.equal(type, scalar(SHORT)))),
            tf.math.logicalAnd(
                tf.math.equal(number(entries, little), scalar(ORIENTATION)),
                tf.math.less(numbers, number(directory, little))));
    // The lower half of a number of four bytes comes first or last.
    Operand<TInt32> low =
        tf.select(tf.math.logicalAnd(wide, tf.math.logicalNot(little)), scalar(10), scalar(8));
    Operand<TInt32> value = number(tf.math.add(entries, low), little);
    Operand<TInt32> none = tf.math.mul(tf.onesLike(value), scalar(-1));
    return tf.max(tf.select(fits, value, none), scalar(0));
  }

  private Operand<TBool> among(Operand<TInt32> value, int... values) {
    Operand<TBool> any = tf.constant(false);
    for (int each : values) {
      any = tf.math.logicalOr(any, tf.math.equal(value, scalar(each)));
    }
    return any;
  }

  private Operand<TUint8> turned(Operand<TUint8> pixels, Operand<TInt32> orientation) {
    // Not bytes: oneDNN has no transposition of them and says so on stderr. What stands between
    // keeps TensorFlow from swapping the two.
    Operand<TFloat32> x =
        tf.ensureShape(tf.dtypes.cast(pixels, TFloat32.class), Shape.of(-1, -1, -1));
    Operand<TInt32> axes =
        tf.select(among(orientation, 5, 6, 7, 8), tf.array(1, 0, 2), tf.array(0, 1, 2));
    x = tf.linalg.transpose(x, axes);
    x = tf.select(among(orientation, 2, 3, 6, 7), tf.reverse(x, tf.array(1)), x);
    x = tf.select(among(orientation, 3, 4, 7, 8), tf.reverse(x, tf.array(0)), x);
    return tf.dtypes.cast(x, TUint8.class);
  }
}
