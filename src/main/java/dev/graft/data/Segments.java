package dev.graft.data;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.io.DecodeRaw;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

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

  // Names of chunks and markers, as the numbers that stand in the file.
  private static final int EXIF_CHUNK = 0x65584966;
  private static final int TEXT_CHUNK = 0x74455874;
  private static final int WIDE_TEXT_CHUNK = 0x69545874;
  private static final int LAST_CHUNK = 0x49454e44;
  private static final int EXIF_WORD = 0x45786966;
  private static final int APP1 = 0xffe1;

  private static final String JPEG_XMP = "http://ns.adobe.com/xap/1.0/\0";
  private static final String PNG_XMP = "XML:com.adobe.xmp\0";

  // What the loop carries from piece to piece.
  private static final int BYTES = 0;
  private static final int PNG = 1;
  private static final int PIECES = 2;
  private static final int AT = 3;
  private static final int EXIF = 4;
  private static final int XMP = 5;
  private static final int XMP_LENGTH = 6;

  /** Those of {@code bytes}, which may be any picture. */
  static Segments of(Ops tf, Operand<TString> bytes) {
    Piece first = new Piece(tf, bytes, tf.constant(0));
    Operand<TBool> png = first.begins(1, "PNG\r\n\u001a\n");
    Operand<TInt32> start =
        tf.select(
            png,
            tf.constant(8),
            tf.select(first.begins(0, "\u00ff\u00d8"), tf.constant(2), first.size));
    Operand<TInt32> none = tf.constant(-1);
    Output<?>[] carried = {
      bytes.asOutput(),
      png.asOutput(),
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
    Operand<TBool> png = in[PNG].expect(TBool.class);
    Operand<TInt32> at = in[AT].expect(TInt32.class);
    Operand<TInt32> exif = in[EXIF].expect(TInt32.class);
    Piece piece = new Piece(tf, bytes, at);
    Operand<TBool> app1 = tf.math.equal(piece.marker(), tf.constant(APP1));
    Operand<TBool> hasExif =
        tf.select(
            png,
            piece.isChunk(EXIF_CHUNK),
            tf.math.logicalAnd(
                tf.math.logicalAnd(app1, piece.isChunk(EXIF_WORD)),
                tf.math.less(exif, tf.constant(0))));
    Operand<TBool> hasXmp =
        tf.select(png, piece.textXmp(), tf.math.logicalAnd(app1, piece.begins(4, JPEG_XMP)));
    Operand<TInt32> inside = tf.math.add(at, tf.select(png, tf.constant(8), tf.constant(4)));
    out[BYTES] = tf.identity(bytes).asOutput();
    out[PNG] = tf.identity(png).asOutput();
    out[PIECES] = tf.math.add(in[PIECES].expect(TInt32.class), tf.constant(1)).asOutput();
    out[AT] = piece.end(tf.select(png, piece.chunk(), piece.segment())).asOutput();
    out[EXIF] = tf.select(hasExif, inside, exif).asOutput();
    out[XMP] = tf.select(hasXmp, inside, in[XMP].expect(TInt32.class)).asOutput();
    out[XMP_LENGTH] =
        tf.select(
                hasXmp,
                tf.select(png, piece.first, piece.length()),
                in[XMP_LENGTH].expect(TInt32.class))
            .asOutput();
  }

  /** What stands at one place of a file; zeros beyond its end. */
  private static final class Piece {
    private final Ops tf;
    private final Operand<TInt32> at;
    private final Operand<TInt32> size;
    private final Operand<TString> head;

    /** The first four bytes: a chunk's length, or a segment's marker and length. */
    private final Operand<TInt32> first;

    /** The four bytes behind them: a chunk's name, or how a segment begins. */
    private final Operand<TInt32> second;

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
      Operand<TInt32> words = tf.io.decodeRaw(head, TInt32.class, DecodeRaw.littleEndian(false));
      first = tf.gather(words, tf.constant(0), tf.constant(0));
      second = tf.gather(words, tf.constant(1), tf.constant(0));
    }

    Operand<TBool> begins(int from, String text) {
      return tf.math.equal(
          tf.strings.substr(head, tf.constant(from), tf.constant(text.length())),
          tf.constant(StandardCharsets.ISO_8859_1, text));
    }

    Operand<TBool> isChunk(int name) {
      return tf.math.equal(second, tf.constant(name));
    }

    /** True for a text chunk of a PNG that holds XMP as it is. */
    Operand<TBool> textXmp() {
      return tf.math.logicalOr(
          tf.math.logicalAnd(isChunk(TEXT_CHUNK), begins(8, PNG_XMP)),
          tf.math.logicalAnd(isChunk(WIDE_TEXT_CHUNK), begins(8, PNG_XMP + "\0")));
    }

    /** A segment's marker, 0xff00 and more. */
    Operand<TInt32> marker() {
      Operand<TInt32> half = tf.bitwise.rightShift(first, tf.constant(Short.SIZE));
      return tf.bitwise.bitwiseAnd(half, tf.constant(0xffff));
    }

    /** A segment's length. */
    Operand<TInt32> length() {
      return tf.bitwise.bitwiseAnd(first, tf.constant(0xffff));
    }

    private Operand<TBool> among(Operand<TInt32> value, int low, int high) {
      return tf.math.logicalAnd(
          tf.math.greaterEqual(value, tf.constant(low)),
          tf.math.lessEqual(value, tf.constant(high)));
    }

    /** How far it is to the next chunk of a PNG. */
    Operand<TInt32> chunk() {
      Operand<TBool> goesOn =
          tf.math.logicalAnd(among(first, 0, 1 << 30), tf.math.logicalNot(isChunk(LAST_CHUNK)));
      return tf.select(goesOn, tf.math.add(first, tf.constant(12)), size);
    }

    /** How far it is to the next segment of a JPEG; the scan ends them. */
    Operand<TInt32> segment() {
      Operand<TInt32> marker = marker();
      Operand<TBool> none = tf.math.less(marker, tf.constant(0xff01));
      Operand<TBool> scan = among(marker, 0xffd9, 0xffda);
      Operand<TBool> bare =
          tf.math.logicalOr(
              among(marker, 0xffd0, 0xffd8), tf.math.equal(marker, tf.constant(0xff01)));
      Operand<TBool> filler = tf.math.equal(marker, tf.constant(0xffff));
      Operand<TInt32> marked =
          tf.select(
              bare,
              tf.constant(2),
              tf.select(filler, tf.constant(1), tf.math.add(length(), tf.constant(2))));
      return tf.select(tf.math.logicalOr(none, scan), size, marked);
    }

    /** The place {@code distance} further on, at most the file's end. */
    Operand<TInt32> end(Operand<TInt32> distance) {
      return tf.math.add(at, tf.math.minimum(distance, tf.math.sub(size, at)));
    }
  }
}
