package dev.graft.files;

import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The head of a {@code .npy} file: a Python dictionary with element type, order and shape.
 *
 * <p>Source: NumPy 2.0 {@code numpy.lib.format}, versions 1.0 to 3.0.
 *
 * @param fortran whether the first index moves fastest
 * @param bytes where the elements begin
 */
record NpyHeader(ElementType type, boolean fortran, long[] shape, int bytes) {
  /** The bytes before the dictionary's length is known: magic and version. */
  static final int PREFIX = 8;

  /** A dictionary longer than this is no dictionary. */
  static final int LONGEST = 1 << 20;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,L]*)\\)");
  private static final Pattern TYPE = Pattern.compile("([<>|=])([fiubSU])(\\d{1,7})");

  /** Whether a file that begins with {@code start} is a {@code .npy} file. */
  static boolean matches(byte[] start) {
    return start.length >= MAGIC.length
        && Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** How many bytes stand for the dictionary's length, after the prefix. */
  static int lengthBytes(String where, byte[] prefix) {
    if (!matches(prefix)) {
      throw new MalformedFileException(
          where + ": expected a .npy file, found something else. Name a file that NumPy saved.");
    }
    if (prefix.length < PREFIX) {
      throw new MalformedFileException(where + ": ends in its head. Save it again.");
    }
    return switch (prefix[6]) {
      case 1 -> 2;
      case 2, 3 -> 4;
      default ->
          throw new UnsupportedException(
              where + ": is .npy of version " + prefix[6] + ", Graft reads 1 to 3. Save it again.");
    };
  }

  /** Reads the dictionary {@code text} of a file whose elements begin at {@code bytes}. */
  static NpyHeader parse(String where, String text, int bytes) {
    if (text.contains("'|O") || text.contains("'O'")) {
      throw new UnsupportedException(
          where
              + ": holds Python objects, which only running code could read. Save numbers instead"
              + " (array.astype('float32')), or texts of one length (array.astype('U')).");
    }
    String descr = find(where, DESCR, text, "descr");
    Matcher type = TYPE.matcher(descr);
    ElementType element = type.matches() ? element(type) : null;
    boolean known = element != null && (element.isNumeric() || element.isText());
    if (!known || element.bytes() == 0) {
      throw new UnsupportedException(
          where
              + ": elements of type '"
              + descr
              + "' are not read. Save float, int, bool or text.");
    }
    boolean fortran = find(where, ORDER, text, "fortran_order").equals("True");
    String lengths = find(where, SHAPE, text, "shape").replace("L", "");
    try {
      long[] shape =
          Pattern.compile(",")
              .splitAsStream(lengths)
              .map(String::strip)
              .filter(length -> !length.isEmpty())
              .mapToLong(Long::parseLong)
              .toArray();
      Math.multiplyExact(NpyArray.size(shape), element.bytes());
      return new NpyHeader(element, fortran, shape, bytes);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new MalformedFileException(
          where + ": its shape (" + lengths + ") is larger than any file.", e);
    }
  }

  private static ElementType element(Matcher type) {
    ElementType.Kind kind =
        switch (type.group(2)) {
          case "f" -> ElementType.Kind.FLOAT;
          case "i" -> ElementType.Kind.INT;
          case "u" -> ElementType.Kind.UINT;
          case "S" -> ElementType.Kind.STRING;
          case "U" -> ElementType.Kind.UNICODE;
          default -> ElementType.Kind.BOOL;
        };
    boolean big = type.group(1).equals(">");
    int letters = Integer.parseInt(type.group(3));
    int bytes = kind == ElementType.Kind.UNICODE ? Integer.BYTES * letters : letters;
    return new ElementType(kind, bytes, big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  private static String find(String where, Pattern pattern, String text, String key) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new MalformedFileException(
          where + ": its head has no readable '" + key + "': " + text.strip() + ".");
    }
    return matcher.group(1);
  }

  /**
   * The head of a file of version 1 in C order, as {@code numpy.save} writes it.
   *
   * @param room the least bytes it takes, so that it can be written again with a longer shape
   */
  static byte[] encode(ElementType type, long[] shape, int room) {
    String lengths =
        Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    String letter =
        switch (type.kind()) {
          case FLOAT -> "f";
          case INT -> "i";
          case UINT -> "u";
          case BOOL -> "b";
          case STRING -> "S";
          case UNICODE -> "U";
          case BFLOAT, OTHER -> throw new IllegalArgumentException("NumPy has no " + type.label());
        };
    boolean single = type.bytes() == 1 || type.kind() == ElementType.Kind.STRING;
    String order = single ? "|" : type.order() == ByteOrder.BIG_ENDIAN ? ">" : "<";
    String text =
        "{'descr': '"
            + order
            + letter
            + (type.kind() == ElementType.Kind.UNICODE ? type.bytes() / 4 : type.bytes())
            + "', 'fortran_order': False, 'shape': ("
            + lengths
            + (shape.length == 1 ? "," : "")
            + "), }";
    int length = Math.max(room, (PREFIX + 2 + text.length() + 1 + 63) / 64 * 64);
    byte[] head = new byte[length];
    Arrays.fill(head, (byte) ' ');
    ByteBuffer.wrap(head)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) (length - PREFIX - 2))
        .put(text.getBytes(StandardCharsets.US_ASCII));
    head[length - 1] = '\n';
    return head;
  }
}
