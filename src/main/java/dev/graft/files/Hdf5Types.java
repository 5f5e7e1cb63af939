package dev.graft.files;

import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OrderedDataType;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.VariableLength;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** jhdf's types in Graft's terms. */
final class Hdf5Types {
  private Hdf5Types() {}

  /** The element type of {@code type}; what is not plainly a number or text is OTHER. */
  static ElementType of(DataType type) {
    ByteOrder order =
        type instanceof OrderedDataType ordered ? ordered.getByteOrder() : ByteOrder.LITTLE_ENDIAN;
    int bytes = type.getSize();
    if (type instanceof FixedPoint integer) {
      boolean whole = integer.getBitOffset() == 0 && integer.getBitPrecision() == 8 * bytes;
      ElementType.Kind kind = integer.isSigned() ? ElementType.Kind.INT : ElementType.Kind.UINT;
      return new ElementType(whole ? kind : ElementType.Kind.OTHER, bytes, order);
    }
    if (type instanceof FloatingPoint number) {
      return new ElementType(floating(number), bytes, order);
    }
    if (isTruthValue(type)) {
      return ElementType.BOOL;
    }
    boolean text =
        type instanceof StringData
            || (type instanceof VariableLength variable && variable.isVariableLengthString());
    return new ElementType(
        text ? ElementType.Kind.STRING : ElementType.Kind.OTHER, bytes, ByteOrder.LITTLE_ENDIAN);
  }

  /** Only IEEE 754's own layouts, and bfloat16's, are numbers we know. */
  private static ElementType.Kind floating(FloatingPoint number) {
    int bits = 8 * number.getSize();
    int exponent = number.getExponentSize();
    int fraction = number.getMantissaSize();
    boolean packed =
        number.getBitOffset() == 0
            && number.getBitPrecision() == bits
            && number.getMantissaLocation() == 0
            && number.getExponentLocation() == fraction
            && number.getSignLocation() == bits - 1
            && number.getExponentBias() == (1 << (exponent - 1)) - 1;
    if (packed && bits == 16 && exponent == 8 && fraction == 7) {
      return ElementType.Kind.BFLOAT;
    }
    boolean ieee =
        (bits == 16 && exponent == 5 && fraction == 10)
            || (bits == 32 && exponent == 8 && fraction == 23)
            || (bits == 64 && exponent == 11 && fraction == 52);
    return packed && ieee ? ElementType.Kind.FLOAT : ElementType.Kind.OTHER;
  }

  /** h5py keeps NumPy's bool as an enumeration of FALSE and TRUE over int8. */
  private static boolean isTruthValue(DataType type) {
    return type instanceof EnumDataType choice
        && choice.getSize() == 1
        && choice.getEnumMapping().size() == 2
        && "FALSE".equals(choice.getEnumMapping().get(0))
        && "TRUE".equals(choice.getEnumMapping().get(1));
  }

  /**
   * Strings of fixed length. Read as UTF-8 whatever the type says: Keras puts UTF-8 into what h5py
   * declares as ASCII.
   */
  static List<String> fixedStrings(StringData type, ByteBuffer buffer) {
    ByteBuffer from = buffer.duplicate();
    List<String> all = new ArrayList<>();
    byte[] text = new byte[type.getSize()];
    while (text.length > 0 && from.remaining() >= text.length) {
      from.get(text);
      all.add(new String(text, 0, length(type, text), StandardCharsets.UTF_8));
    }
    return List.copyOf(all);
  }

  private static int length(StringData type, byte[] text) {
    int end = text.length;
    switch (type.getPaddingType()) {
      case NULL_TERMINATED -> {
        end = 0;
        while (end < text.length && text[end] != 0) {
          end++;
        }
      }
      case NULL_PADDED -> {
        while (end > 0 && text[end - 1] == 0) {
          end--;
        }
      }
      case SPACE_PADDED -> {
        while (end > 0 && text[end - 1] == ' ') {
          end--;
        }
      }
    }
    return end;
  }

  /** jhdf's strings, one or an array of any rank, as a flat list. */
  static List<String> strings(Object data) {
    if (data instanceof String one) {
      return List.of(one);
    }
    List<String> all = new ArrayList<>();
    for (Object part : (Object[]) data) {
      all.addAll(strings(part));
    }
    return List.copyOf(all);
  }
}
