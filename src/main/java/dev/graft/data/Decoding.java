package dev.graft.data;

import dev.graft.data.Preprocessing.Color;
import dev.graft.data.Preprocessing.Resize;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SwitchCond;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.op.image.DecodePng;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint16;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * From the bytes of an image file to its pixels, by content and not by name.
 *
 * <p>The pixels are Pillow's, with two exceptions: of a grey PNG of 16 bits each value is divided
 * by 257, where Pillow clips it to white; of a CMYK JPEG some values are one off. Of an animated
 * GIF the first frame is taken.
 */
final class Decoding {
  private Decoding() {}

  /** The pixels: uint8 (height, width, channels of the wanted colour mode). */
  static Operand<TUint8> decode(Ops tf, Operand<TString> bytes, Preprocessing how) {
    return decode(tf, bytes, how, false);
  }

  /** The same pixels of what is known to be a JPEG, without the ops that look what it is. */
  static Operand<TUint8> decodeJpeg(Ops tf, Operand<TString> bytes, Preprocessing how) {
    return decode(tf, bytes, how, true);
  }

  private static Operand<TUint8> decode(
      Ops tf, Operand<TString> bytes, Preprocessing how, boolean jpeg) {
    Operand<TUint8> pixels = stored(tf, bytes, how, jpeg);
    return how.turned() ? Upright.turn(tf, bytes, pixels) : pixels;
  }

  private static Operand<TUint8> stored(
      Ops tf, Operand<TString> bytes, Preprocessing how, boolean jpeg) {
    if (how.decode() == Preprocessing.Decode.TF) {
      return tf.image.decodeImage(
          bytes,
          TUint8.class,
          DecodeImage.channels((long) how.color().channels()),
          DecodeImage.expandAnimations(false));
    }
    // Pillow turns colours grey after decoding; TensorFlow takes the JPEG's own brightness.
    boolean greyAfter = how.color() == Color.GRAYSCALE && how.resize() == Resize.PILLOW;
    long channels =
        switch (how.color()) {
          case RGB -> 3L;
          case GRAYSCALE -> greyAfter ? 3L : 1L;
          case RGBA -> 0L;
        };
    Operand<TUint8> pixels = jpeg ? jpeg(tf, bytes, channels) : byKind(tf, bytes, channels);
    if (how.color() == Color.RGBA) {
      return withAlpha(tf, pixels);
    }
    return greyAfter ? tf.dtypes.cast(luma(tf, pixels, 2), TUint8.class) : pixels;
  }

  /** Three decoders; only the one that fits the first bytes runs. */
  private static Operand<TUint8> byKind(Ops tf, Operand<TString> bytes, long channels) {
    // Longer by a few zero bytes, so that a file of one byte can be asked for its 26th.
    Operand<TString> head =
        tf.strings.join(
            List.of(
                tf.strings.substr(bytes, tf.constant(0), tf.constant(26)),
                tf.constant("\0".repeat(26))));
    SwitchCond<TString> gif = tf.switchCond(bytes, begins(tf, head, 0, "GIF8"));
    Operand<TUint8> frame =
        tf.image.decodeImage(
            gif.outputTrue(),
            TUint8.class,
            DecodeImage.channels(channels),
            DecodeImage.expandAnimations(false));
    Operand<TBool> deep =
        tf.math.logicalAnd(begins(tf, head, 1, "PNG"), begins(tf, head, 24, "\u0010\0"));
    SwitchCond<TString> png = tf.switchCond(gif.outputFalse(), deep);
    Operand<TUint8> usual = jpeg(tf, png.outputFalse(), channels);
    Operand<TUint8> grey = deepGrey(tf, png.outputTrue(), channels);
    return tf.merge(List.of(tf.merge(List.of(usual, grey)).output(), frame)).output();
  }

  /** Of a PNG, too. */
  private static Operand<TUint8> jpeg(Ops tf, Operand<TString> bytes, long channels) {
    return tf.image.decodeJpeg(
        bytes,
        DecodeJpeg.channels(channels),
        // Equal to Pillow's; the default is up to 20 of 255 off.
        DecodeJpeg.dctMethod("INTEGER_ACCURATE"));
  }

  private static Operand<TUint8> deepGrey(Ops tf, Operand<TString> bytes, long channels) {
    Operand<TInt32> values =
        tf.dtypes.cast(
            tf.image.decodePng(bytes, TUint16.class, DecodePng.channels(channels)), TInt32.class);
    return tf.dtypes.cast(
        tf.math.floorDiv(tf.math.add(values, tf.constant(128)), tf.constant(257)), TUint8.class);
  }

  private static Operand<TBool> begins(Ops tf, Operand<TString> head, int at, String magic) {
    return tf.math.equal(
        tf.strings.substr(head, tf.constant(at), tf.constant(magic.length())),
        tf.constant(StandardCharsets.ISO_8859_1, magic));
  }

  /** 1 to 4 channels made four: grey is repeated, a missing alpha is 255; any rank. */
  private static Operand<TUint8> withAlpha(Ops tf, Operand<TUint8> pixels) {
    Operand<TInt32> channels = tf.slice(tf.shape(pixels), tf.array(2), tf.array(1));
    Operand<TInt32> table =
        tf.constant(new int[][] {{0, 0, 0, 1}, {0, 0, 0, 1}, {0, 1, 2, 3}, {0, 1, 2, 3}});
    Operand<TInt32> picked =
        tf.reshape(
            tf.gather(table, tf.math.sub(channels, tf.constant(1)), tf.constant(0)), tf.array(4));
    Operand<TUint8> opaque =
        tf.pad(
            pixels,
            tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 1}}),
            tf.dtypes.cast(tf.constant(255), TUint8.class));
    return tf.gather(opaque, picked, tf.constant(2));
  }

  /**
   * Stored pictures of another number of channels.
   *
   * @param pixels (batch, height, width, {@code channels}) with 1, 3 or 4 channels
   */
  static Operand<? extends TNumber> recolor(
      Ops tf, Operand<? extends TNumber> pixels, int channels, Color color) {
    return channels == color.channels() ? pixels : changed(tf, pixels, channels, color);
  }

  private static <T extends TNumber> Operand<? extends TNumber> changed(
      Ops tf, Operand<T> pixels, int channels, Color color) {
    return switch (color) {
      case GRAYSCALE -> luma(tf, pixels, 3);
      case RGB ->
          channels == 1
              ? tf.concat(List.of(pixels, pixels, pixels), tf.constant(3))
              : tf.slice(pixels, tf.array(0, 0, 0, 0), tf.array(-1, -1, -1, 3));
      case RGBA -> {
        Operand<T> opaque =
            tf.pad(
                pixels,
                tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 0}, {0, 1}}),
                tf.dtypes.cast(tf.constant(255), pixels.type()));
        yield channels == 3
            ? opaque
            : tf.gather(opaque, tf.constant(new int[] {0, 0, 0, 1}), tf.constant(3));
      }
    };
  }

  /** Pillow's conversion to "L": (19595 R + 38470 G + 7471 B + 32768) / 65536, cut off. */
  private static Operand<TInt32> luma(Ops tf, Operand<? extends TNumber> pixels, int axis) {
    int[] from = new int[axis + 1];
    int[] count = new int[axis + 1];
    java.util.Arrays.fill(count, -1);
    count[axis] = 3;
    Operand<TInt32> rgb =
        tf.dtypes.cast(tf.slice(pixels, tf.constant(from), tf.constant(count)), TInt32.class);
    Operand<TInt32> sum =
        tf.reduceSum(
            tf.math.mul(rgb, tf.array(19595, 38470, 7471)),
            tf.constant(axis),
            org.tensorflow.op.core.ReduceSum.keepDims(true));
    return tf.math.floorDiv(tf.math.add(sum, tf.constant(32768)), tf.constant(65536));
  }
}
