package dev.graft.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * The type of one element of a stored array, and how its bytes become Java numbers.
 *
 * @param kind what the bits mean
 * @param bytes how many bytes one element takes
 * @param order which byte comes first; little endian where there is only one
 */
public record ElementType(Kind kind, int bytes, ByteOrder order) {
  /** What the bits of an element mean. */
  public enum Kind {
    /** IEEE 754 floating point of 2, 4 or 8 bytes. */
    FLOAT,
    /** The upper half of a float32, as Google's accelerators use it. */
    BFLOAT,
    /** Two's complement integer of 1, 2, 4 or 8 bytes. */
    INT,
    /** Unsigned integer of 1, 2, 4 or 8 bytes. */
    UINT,
    /** Truth value, one byte, 0 or not. */
    BOOL,
    /** Text of bytes, of fixed or of variable length. */
    STRING,
    /** Text of fixed length, four bytes a character, as NumPy has it. */
    UNICODE,
    /** Anything Graft has no use for: compounds, references, objects. */
    OTHER
  }

  public static final ElementType FLOAT32 = little(Kind.FLOAT, 4);
  public static final ElementType FLOAT64 = little(Kind.FLOAT, 8);
  public static final ElementType INT8 = little(Kind.INT, 1);
  public static final ElementType INT32 = little(Kind.INT, 4);
  public static final ElementType INT64 = little(Kind.INT, 8);
  public static final ElementType UINT8 = little(Kind.UINT, 1);
  public static final ElementType BOOL = little(Kind.BOOL, 1);

  /** A little endian type of this kind and size. */
  public static ElementType little(Kind kind, int bytes) {
    return new ElementType(kind, bytes, ByteOrder.LITTLE_ENDIAN);
  }

  /** NumPy's word for it: {@code float32}, {@code int64}, {@code uint8}, {@code bool}. */
  public String label() {
    return switch (kind) {
      case FLOAT -> "float" + 8 * bytes;
      case BFLOAT -> "bfloat16";
      case INT -> "int" + 8 * bytes;
      case UINT -> "uint" + 8 * bytes;
      case BOOL, STRING, UNICODE, OTHER -> kind.name().toLowerCase(Locale.ROOT);
    };
  }

  /** Whether the elements are numbers or truth values of a size Graft can read. */
  public boolean isNumeric() {
    return switch (kind) {
      case FLOAT -> bytes == 2 || bytes == 4 || bytes == 8;
      case BFLOAT -> bytes == 2;
      case INT, UINT -> bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
      case BOOL -> bytes == 1;
      case STRING, UNICODE, OTHER -> false;
    };
  }

  /** Whether the elements are texts. */
  public boolean isText() {
    return kind == Kind.STRING || kind == Kind.UNICODE;
  }

  /** Whether the elements are integers or truth values. */
  public boolean isInteger() {
    return isNumeric() && kind != Kind.FLOAT && kind != Kind.BFLOAT;
  }

  /** Element {@code index} of {@code from}, counted from byte 0, rounded to the nearest float. */
  float floatAt(ByteBuffer from, int index) {
    return isInteger() ? longToFloat(longAt(from, index)) : (float) doubleAt(from, index);
  }

  private float longToFloat(long value) {
    return kind == Kind.UINT && value < 0 ? (float) unsigned(value) : (float) value;
  }

  private static double unsigned(long value) {
    // Halved with its lowest bit kept, so that the rounding is that of the whole number.
    return ((value >>> 1) | (value & 1)) * 2.0;
  }

  /** Element {@code index} of {@code from}, counted from byte 0, as a double. */
  double doubleAt(ByteBuffer from, int index) {
    return switch (kind) {
      case FLOAT ->
          switch (bytes) {
            case 2 -> HalfFloat.toFloat(from.getShort(2 * index));
            case 4 -> from.getFloat(4 * index);
            default -> from.getDouble(8 * index);
          };
      case BFLOAT -> Float.intBitsToFloat(from.getShort(2 * index) << 16);
      case INT, UINT, BOOL, STRING, UNICODE, OTHER -> {
        long value = longAt(from, index);
        yield kind == Kind.UINT && value < 0 ? unsigned(value) : value;
      }
    };
  }

  /** Element {@code index} of {@code from} as an integer; a uint64 over 2^63 comes out negative. */
  long longAt(ByteBuffer from, int index) {
    boolean unsigned = kind == Kind.UINT;
    return switch (bytes) {
      case 1 -> {
        byte value = from.get(index);
        yield kind == Kind.BOOL ? (value != 0 ? 1 : 0) : unsigned ? value & 0xff : value;
      }
      case 2 -> {
        short value = from.getShort(2 * index);
        yield unsigned ? value & 0xffff : value;
      }
      case 4 -> {
        int value = from.getInt(4 * index);
        yield unsigned ? Integer.toUnsignedLong(value) : value;
      }
      default -> from.getLong(8 * index);
    };
  }

  /** Turns {@code count} elements from the start of {@code from} into floats. */
  void floats(ByteBuffer from, float[] to, int offset, int count) {
    from.order(order);
    if (kind == Kind.FLOAT && bytes == 4) {
      from.slice(0, 4 * count).order(order).asFloatBuffer().get(to, offset, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to[offset + i] = floatAt(from, i);
    }
  }
}
