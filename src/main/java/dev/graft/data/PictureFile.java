package dev.graft.data;

import dev.graft.error.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;

/**
 * What stands in front of the decoder: says what an image file is, and refuses what cannot be
 * decoded or would not fit into memory, before any memory is taken.
 */
final class PictureFile {
  /** Pillow refuses more with a DecompressionBombError: twice its MAX_IMAGE_PIXELS. */
  static final long MAX_PIXELS = 178_956_970;

  private static final long MAX_BYTES = 1L << 30;

  private PictureFile() {}

  /**
   * The bytes of an image file in a format that {@link Decoding} reads.
   *
   * @throws DataException naming the file and the reason it cannot be used
   */
  static byte[] read(Path file) {
    try {
      Supplier<String> name = () -> FileNames.display(file);
      limit(name, Files.size(file));
      return content(name, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new DataException(FileNames.display(file) + ": no such file. Check the path.", e);
    } catch (IOException e) {
      throw new DataException(
          FileNames.display(file) + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  private static void limit(Supplier<String> name, long size) {
    if (size > MAX_BYTES) {
      throw refused(name, "is " + size + " bytes long, more than the " + MAX_BYTES + " allowed");
    }
  }

  /** As {@link #read}, of a file that was read already. */
  static byte[] checked(String name, byte[] bytes) {
    limit(() -> name, bytes.length);
    try {
      return content(() -> name, bytes);
    } catch (IOException e) {
      throw refused(() -> name, "is damaged (" + e.getMessage() + ")");
    }
  }

  /**
   * What {@code graph} makes of an image file; the caller closes it.
   *
   * @param change the change of the picture, or null for none
   * @throws DataException naming the file and the reason it cannot be used
   */
  static Tensor decoded(ImageGraph graph, Path file, Change change) {
    return decoded(graph, () -> FileNames.display(file), read(file), change);
  }

  /** As above, of what {@link #checked} gave. */
  static Tensor decoded(ImageGraph graph, String name, byte[] bytes, Change change) {
    return decoded(graph, () -> name, bytes, change);
  }

  /** The name is made up only for errors: with a file's that takes a while. */
  private static Tensor decoded(
      ImageGraph graph, Supplier<String> name, byte[] bytes, Change change) {
    boolean gif = graph.pillow() && kind(bytes) == Kind.GIF;
    try {
      return graph.file(gif ? plainGif(name, bytes) : bytes, change);
    } catch (TFInvalidArgumentException e) {
      throw undecodable(name, e);
    }
  }

  /** The error for a file that cannot be used. */
  private static DataException refused(Supplier<String> name, String reason) {
    return new DataException(name.get() + ": " + reason + ". Replace the file or remove it.");
  }

  private static DataException undecodable(Supplier<String> name, TFInvalidArgumentException e) {
    String reason = e.getMessage().lines().findFirst().orElse("no reason given");
    if (reason.contains("output dimensions must be positive")) {
      return new DataException(
          name.get()
              + ": is too long and narrow for pad_to_aspect_ratio, which would leave less than one"
              + " pixel of its shorter side. Crop or remove it.",
          e);
    }
    if (reason.contains("channels must be")) {
      return new DataException(
          name.get()
              + ": TensorFlow does not decode it in the wanted colours ("
              + reason
              + "). Leave out \"decode\": \"tf\", or convert it to PNG.",
          e);
    }
    return new DataException(
        name.get()
            + ": the image is damaged or cut off ("
            + reason
            + "). Replace the file or remove it.",
        e);
  }

  private static byte[] content(Supplier<String> file, byte[] bytes) throws IOException {
    switch (kind(bytes)) {
      case JPEG, PNG, GIF -> guard(file, size(bytes));
      case BMP, TIFF -> {
        return asPng(file, bytes);
      }
      case PPM -> {
        return ppm(file, bytes);
      }
      case OTHER ->
          throw refused(file, "expected a JPEG, PNG, GIF, BMP, TIFF or PPM, came " + guess(bytes));
    }
    return bytes;
  }

  /** Why a graph should not be given {@code bytes}, told by their head; empty when it may. */
  static Optional<String> refusal(byte[] bytes, long mostPixels) {
    long[] size = size(bytes);
    if (size == null) {
      return Optional.of("expected a JPEG, PNG or GIF, came " + guess(bytes));
    }
    return size[0] * size[1] <= mostPixels
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "promises %d x %d pixels, more than the %d allowed",
                size[0],
                size[1],
                mostPixels));
  }

  /** True for the bytes of a JPEG, by their head. */
  static boolean jpeg(byte[] bytes) {
    return kind(bytes) == Kind.JPEG;
  }

  /** Width and height of a JPEG, PNG or GIF as its head says; null for anything else. */
  private static long[] size(byte[] bytes) {
    return switch (kind(bytes)) {
      case JPEG -> jpegSize(bytes);
      case PNG -> new long[] {number(bytes, 16, 4, true), number(bytes, 20, 4, true)};
      case GIF -> {
        GifFrame first = GifFrame.first(bytes);
        yield first == null
            ? new long[] {number(bytes, 6, 2, false), number(bytes, 8, 2, false)}
            : new long[] {first.canvas()[0], first.canvas()[1]};
      }
      case BMP, TIFF, PPM, OTHER -> null;
    };
  }

  private enum Kind {
    JPEG,
    PNG,
    GIF,
    BMP,
    TIFF,
    PPM,
    OTHER
  }

  private static Kind kind(byte[] bytes) {
    if (begins(bytes, 0, "\u00ff\u00d8\u00ff")) {
      return Kind.JPEG;
    }
    if (begins(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
      return Kind.PNG;
    }
    if (begins(bytes, 0, "GIF8")) {
      return Kind.GIF;
    }
    if (begins(bytes, 0, "BM") && bytes.length > 26) {
      return Kind.BMP;
    }
    if (begins(bytes, 0, "P5") || begins(bytes, 0, "P6")) {
      return Kind.PPM;
    }
    return begins(bytes, 0, "II*\0") || begins(bytes, 0, "MM\0*") ? Kind.TIFF : Kind.OTHER;
  }

  private static String guess(byte[] bytes) {
    if (bytes.length == 0) {
      return "an empty file";
    }
    if (begins(bytes, 0, "RIFF") && begins(bytes, 8, "WEBP")) {
      return "a WebP file, which TensorFlow cannot decode: convert it to PNG or JPEG";
    }
    if (begins(bytes, 4, "ftyp")) {
      return "an AVIF or HEIC file, which TensorFlow cannot decode: convert it to PNG or JPEG";
    }
    int shown = Math.min(bytes.length, 60);
    String text = new String(bytes, 0, shown, StandardCharsets.ISO_8859_1);
    if (text.toLowerCase(Locale.ROOT).contains("<svg")) {
      return "an SVG drawing";
    }
    boolean plain = text.chars().allMatch(c -> (c >= ' ' && c < 127) || c == '\n' || c == '\r');
    return plain
        ? "text (\"" + text.lines().findFirst().orElse("").strip() + "\")"
        : "a file that begins with "
            + HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOf(bytes, Math.min(shown, 8)));
  }

  private static boolean begins(byte[] bytes, int at, String magic) {
    if (bytes.length < at + magic.length()) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((bytes[at + i] & 0xff) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static long number(byte[] bytes, int at, int length, boolean bigEndian) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      int index = at + (bigEndian ? i : length - 1 - i);
      value = value << 8 | (index < bytes.length ? bytes[index] & 0xff : 0);
    }
    return value;
  }

  /** Width and height in the frame header, or zeros when there is none. */
  private static long[] jpegSize(byte[] bytes) {
    int at = 2;
    while (at + 9 < bytes.length && (bytes[at] & 0xff) == 0xff) {
      int marker = bytes[at + 1] & 0xff;
      if (marker == 0xff) {
        at++;
      } else if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
        at += 2;
      } else if ((marker >= 0xc0 && marker <= 0xcf && marker % 4 != 0) || marker == 0xc0) {
        return new long[] {number(bytes, at + 7, 2, true), number(bytes, at + 5, 2, true)};
      } else {
        at += 2 + (int) number(bytes, at + 2, 2, true);
      }
    }
    return new long[2];
  }

  private static void guard(Supplier<String> file, long... size) {
    if (size[0] * size[1] > MAX_PIXELS || size[0] < 0) {
      throw refused(
          file,
          String.format(
              Locale.ROOT,
              "promises %d x %d pixels, more than the %d allowed (a decompression bomb)",
              size[0],
              size[1],
              MAX_PIXELS));
    }
  }

  /** A BMP or TIFF as PNG: TensorFlow ignores a BMP's palette and has no TIFF. */
  private static byte[] asPng(Supplier<String> file, byte[] bytes) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw refused(file, "has the first bytes of a BMP or TIFF, and no more of it is right");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        guard(file, reader.getWidth(0), reader.getHeight(0));
        return (kind(bytes) == Kind.BMP ? Recoding.bmp(reader) : tiff(file, new Tiff(reader)))
            .orElseThrow(() -> refused(file, "has a pixel format that cannot be decoded"));
      } catch (IndexOutOfBoundsException | IllegalArgumentException | ClassCastException e) {
        throw refused(file, "is a damaged BMP or TIFF");
      } finally {
        reader.dispose();
      }
    }
  }

  private static Optional<byte[]> tiff(Supplier<String> file, Tiff tiff) throws IOException {
    Optional<String> reason = tiff.refusal();
    if (reason.isPresent()) {
      throw refused(file, reason.get());
    }
    return tiff.png();
  }

  private static byte[] ppm(Supplier<String> file, byte[] bytes) throws IOException {
    Netpbm head = Netpbm.head(bytes);
    if (head == null) {
      throw refused(file, "begins as a PPM and is none of eight bits a value");
    }
    guard(file, head.width(), head.height());
    if (!head.whole(bytes)) {
      throw refused(file, "the PPM is cut off");
    }
    return Recoding.png(head.picture(bytes)).orElseThrow();
  }

  /** As Pillow shows it, where TensorFlow does not. */
  private static byte[] plainGif(Supplier<String> file, byte[] bytes) {
    try {
      return GifFrame.asPillow(bytes);
    } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw refused(file, "is a damaged GIF");
    }
  }
}
