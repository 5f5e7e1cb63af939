package dev.graft.data;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Walks over the segments of a JPEG or the chunks of a PNG, in ops, to where EXIF and XMP begin.
 *
 * <p>As Pillow 13 does ({@code JpegImagePlugin.py}, {@code PngImagePlugin.py}): of a JPEG's EXIF
 * the first segment counts, anywhere before the scan; of a PNG's the last {@code eXIf} chunk,
 * before or after the picture; of XMP the last.
 *
 * @param exif the bytes from where EXIF begins, {@link #EXIF_BYTES} of them at most; empty without
 * @param xmp the segment that holds XMP; empty without
 */
record Segments(Operand<TString> exif, Operand<TString> xmp) {
  /** The first directory of EXIF stands near its beginning. */
  static final int EXIF_BYTES = 4096;

  /** A file of more pieces is not followed to its end. */
  private static final int MOST_PIECES = 10_000;

  private static final int HEAD = 36;
  private static final String JPEG_EXIF = "Exif\0\0";
  private static final String JPEG_XMP = "http://ns.adobe.com/xap/1.0/\0";
  private static final String PNG_XMP = "XML:com.adobe.xmp\0";

  // What the loop carries from piece to piece.
  private static final int BYTES = 0;
  private static final int PIECES = 1;
  private static final int AT = 2;
  private static final int EXIF = 3;
  private static final int XMP = 4;
  private static final int XMP_LENGTH = 5;

  /** Those of {@code bytes}, which may be any picture. */
  static Segments of(Ops tf, Operand<TString> bytes) {
    Piece first = new Piece(tf, bytes, tf.constant(0));
    Operand<TInt32> start =
        tf.select(
            first.begins(1, "PNG\r\n\u001a\n"),
            tf.constant(8),
            tf.select(first.begins(0, "\u00ff\u00d8"), tf.constant(2), first.size));
    Operand<TInt32> none = tf.constant(-1);
    Output<?>[] carried = {
      bytes.asOutput(),
      tf.constant(0).asOutput(),
      start.asOutput(),
      none.asOutput(),
      none.asOutput(),
      tf.constant(0).asOutput()
    };
    Output<?>[] after =
        ((Graph) tf.scope().env())
            .whileLoop(
                carried,
                (graph, in, out) -> out[0] = goesOn(Ops.create(graph), in).asOutput(),
                (graph, in, out) -> next(Ops.create(graph), in, out),
                tf.scope().makeOpName("segments"));
    return new Segments(
        part(tf, bytes, after[EXIF].expect(TInt32.class), tf.constant(EXIF_BYTES)),
        part(tf, bytes, after[XMP].expect(TInt32.class), after[XMP_LENGTH].expect(TInt32.class)));
  }

  private static Operand<TString> part(
      Ops tf, Operand<TString> bytes, Operand<TInt32> from, Operand<TInt32> length) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> taken = tf.select(tf.math.less(from, zero), zero, length);
    return tf.strings.substr(bytes, tf.math.maximum(from, zero), taken);
  }

  private static Operand<TBool> goesOn(Ops tf, Output<?>[] in) {
    Operand<TInt32> size = tf.strings.stringLength(in[BYTES].expect(TString.class));
    return tf.math.logicalAnd(
        tf.math.less(in[AT].expect(TInt32.class), size),
        tf.math.less(in[PIECES].expect(TInt32.class), tf.constant(MOST_PIECES)));
  }

  private static void next(Ops tf, Output<?>[] in, Output<?>[] out) {
    Operand<TString> bytes = in[BYTES].expect(TString.class);
    Operand<TInt32> at = in[AT].expect(TInt32.class);
    Operand<TInt32> exif = in[EXIF].expect(TInt32.class);
    Operand<TInt32> xmp = in[XMP].expect(TInt32.class);
    Piece piece = new Piece(tf, bytes, at);
    Operand<TBool> png = new Piece(tf, bytes, tf.constant(0)).begins(1, "PNG");
    Operand<TInt32> length = tf.select(png, piece.number(0, 4), piece.number(2, 2));
    Operand<TBool> app1 =
        tf.math.logicalAnd(tf.math.logicalNot(png), piece.begins(0, "\u00ff\u00e1"));
    Operand<TBool> firstExif =
        tf.math.logicalAnd(
            tf.math.logicalAnd(app1, piece.begins(4, JPEG_EXIF)),
            tf.math.less(exif, tf.constant(0)));
    Operand<TBool> chunk = tf.math.logicalAnd(png, piece.begins(4, "eXIf"));
    Operand<TBool> hasXmp =
        tf.math.logicalOr(
            tf.math.logicalAnd(app1, piece.begins(4, JPEG_XMP)),
            tf.math.logicalAnd(
                png,
                tf.math.logicalOr(
                    piece.begins(4, "tEXt" + PNG_XMP), piece.begins(4, "iTXt" + PNG_XMP + "\0"))));
    Operand<TInt32> inside = tf.math.add(at, tf.select(png, tf.constant(8), tf.constant(4)));
    out[BYTES] = tf.identity(bytes).asOutput();
    out[PIECES] = tf.math.add(in[PIECES].expect(TInt32.class), tf.constant(1)).asOutput();
    out[AT] = piece.end(tf.select(png, piece.chunk(length), piece.segment(length))).asOutput();
    out[EXIF] = tf.select(tf.math.logicalOr(firstExif, chunk), inside, exif).asOutput();
    out[XMP] = tf.select(hasXmp, inside, xmp).asOutput();
    out[XMP_LENGTH] = tf.select(hasXmp, length, in[XMP_LENGTH].expect(TInt32.class)).asOutput();
  }

  /** What stands at one place of a file; zeros beyond its end. */
  private static final class Piece {
    private final Ops tf;
    private final Operand<TInt32> at;
    private final Operand<TInt32> size;
    private final Operand<TString> head;
    private final Operand<TInt32> numbers;

    Piece(Ops tf, Operand<TString> bytes, Operand<TInt32> at) {
      this.tf = tf;
      this.at = at;
      size = tf.strings.stringLength(bytes);
      head =
          tf.strings.substr(
              tf.strings.join(
                  List.of(
                      tf.strings.substr(bytes, at, tf.constant(HEAD)),
                      tf.constant("\0".repeat(HEAD)))),
              tf.constant(0),
              tf.constant(HEAD));
      numbers = tf.dtypes.cast(tf.io.decodeRaw(head, TUint8.class), TInt32.class);
    }

    Operand<TBool> begins(int from, String text) {
      return tf.math.equal(
          tf.strings.substr(head, tf.constant(from), tf.constant(text.length())),
          tf.constant(StandardCharsets.ISO_8859_1, text));
    }

    /** Big-endian. */
    Operand<TInt32> number(int from, int count) {
      int[] places = new int[count];
      for (int i = 0; i < count; i++) {
        places[i] = 1 << (Byte.SIZE * (count - 1 - i));
      }
      return tf.reduceSum(
          tf.math.mul(tf.slice(numbers, tf.array(from), tf.array(count)), tf.constant(places)),
          tf.constant(0),
          ReduceSum.keepDims(false));
    }

    private Operand<TBool> among(Operand<TInt32> value, int low, int high) {
      return tf.math.logicalAnd(
          tf.math.greaterEqual(value, tf.constant(low)),
          tf.math.lessEqual(value, tf.constant(high)));
    }

    /** How far it is to the next chunk of a PNG; the last one is IEND. */
    Operand<TInt32> chunk(Operand<TInt32> length) {
      return tf.select(
          begins(4, "IEND"),
          size,
          tf.select(among(length, 0, 1 << 30), tf.math.add(length, tf.constant(12)), size));
    }

    /** How far it is to the next segment of a JPEG; the scan ends them. */
    Operand<TInt32> segment(Operand<TInt32> length) {
      Operand<TInt32> marker = number(1, 1);
      Operand<TInt32> usual = tf.math.add(length, tf.constant(2));
      Operand<TInt32> known =
          tf.select(tf.math.logicalOr(among(marker, 0xd9, 0xda), among(marker, 0, 0)), size, usual);
      Operand<TBool> bare = tf.math.logicalOr(among(marker, 0xd0, 0xd8), among(marker, 1, 1));
      Operand<TInt32> any = tf.select(bare, tf.constant(2), known);
      return tf.select(
          begins(0, "\u00ff"), tf.select(among(marker, 0xff, 0xff), tf.constant(1), any), size);
    }

    /** The place {@code distance} further on, at most the file's end. */
    Operand<TInt32> end(Operand<TInt32> distance) {
      return tf.math.add(at, tf.math.minimum(distance, tf.math.sub(size, at)));
    }
  }
}
