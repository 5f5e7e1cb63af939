package dev.graft.files;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes of datatypes, dataspaces and object headers.
 *
 * <p>Source: HDF5 File Format Specification 3.0, sections IV.A (object headers) and IV.A.2.b to
 * IV.A.2.m (messages). Versions are those that h5py 3 chooses by default.
 */
final class Hdf5Encoding {
  private static final int VERSION_1 = 0x10;
  private static final int INTEGER = 0;
  private static final int FLOATING = 1;
  private static final int STRING = 3;
  private static final int ENUMERATION = 8;
  private static final int VARIABLE = 9;

  private Hdf5Encoding() {}

  /** One message of an object header: its type number and its bytes. */
  record Message(int type, byte[] bytes) {
    static final int DATASPACE = 1;
    static final int DATATYPE = 3;
    static final int FILL_VALUE = 5;
    static final int LAYOUT = 8;
    static final int ATTRIBUTE = 12;
    static final int SYMBOL_TABLE = 17;
  }

  /** An object header of version 1, all in one piece. */
  static byte[] objectHeader(List<Message> messages) {
    LittleEndian body = new LittleEndian();
    for (Message message : messages) {
      int padding = -message.bytes().length & 7;
      int length = message.bytes().length + padding;
      body.u16(message.type()).u16(length).u8(0).zeros(3).raw(message.bytes()).zeros(padding);
    }
    return new LittleEndian()
        .u8(1)
        .u8(0)
        .u16(messages.size())
        .u32(1) // one link leads here
        .u32(body.size())
        .align()
        .raw(body.toArray())
        .toArray();
  }

  /** A simple dataspace of version 1; no lengths make it a scalar. */
  static byte[] dataspace(long... shape) {
    LittleEndian space = new LittleEndian().u8(1).u8(shape.length).u8(0).zeros(5);
    for (long length : shape) {
      space.u64(length);
    }
    return space.toArray();
  }

  /** The datatype of numbers and truth values, as h5py maps NumPy's. */
  static byte[] datatype(ElementType type) {
    return switch (type.kind()) {
      case INT -> integer(type.bytes(), true);
      case UINT -> integer(type.bytes(), false);
      case FLOAT -> type.bytes() == 4 ? floating(4, 23, 8, 127) : floating(8, 52, 11, 1023);
      case BOOL ->
          head(ENUMERATION, 2, 1) // two members
              .raw(integer(1, true))
              .letters("FALSE\0\0\0TRUE\0\0\0\0")
              .u8(0)
              .u8(1)
              .toArray();
      case BFLOAT, STRING, UNICODE, OTHER ->
          throw new IllegalArgumentException("no HDF5 datatype for " + type);
    };
  }

  private static LittleEndian head(int kind, int bits, int bytes) {
    return new LittleEndian().u8(VERSION_1 | kind).u8(bits).u16(bits >> 8).u32(bytes);
  }

  private static byte[] integer(int bytes, boolean signed) {
    return head(INTEGER, signed ? 8 : 0, bytes).u16(0).u16(8 * bytes).toArray();
  }

  private static byte[] floating(int bytes, int fraction, int exponent, int bias) {
    int sign = 8 * bytes - 1;
    return head(FLOATING, 0x20 | (sign << 8), bytes) // 0x20: the leading 1 is implied
        .u16(0)
        .u16(8 * bytes)
        .u8(fraction)
        .u8(exponent)
        .u8(0)
        .u8(fraction)
        .u32(bias)
        .toArray();
  }

  /** Text of {@code bytes} bytes, the rest zeros: NumPy's {@code S} type. */
  static byte[] fixedString(int bytes) {
    return head(STRING, 1, bytes).toArray();
  }

  /** UTF-8 text of any length, kept in a global heap: h5py's {@code str}. */
  static byte[] variableString() {
    return head(VARIABLE, 0x0101, 16).raw(integer(1, false)).toArray();
  }

  /** An attribute message of version 1. */
  static Message attribute(String name, byte[] datatype, byte[] dataspace, byte[] data) {
    if (name.isEmpty() || !StandardCharsets.US_ASCII.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException("attribute name '" + name + "' is not plain ASCII");
    }
    byte[] message =
        new LittleEndian()
            .u8(1)
            .u8(0)
            .u16(name.length() + 1)
            .u16(datatype.length)
            .u16(dataspace.length)
            .letters(name)
            .u8(0)
            .align()
            .raw(datatype)
            .align()
            .raw(dataspace)
            .align()
            .raw(data)
            .toArray();
    if (message.length > 65_528) {
      throw new IllegalArgumentException(
          "attribute '"
              + name
              + "' has "
              + data.length
              + " bytes, more than an object header takes");
    }
    return new Message(Message.ATTRIBUTE, message);
  }

  /** The fill value message h5py writes: zeros, once space is allocated. */
  static Message fillValue() {
    return new Message(
        Message.FILL_VALUE, new LittleEndian().u8(2).u8(2).u8(2).u8(1).u32(0).toArray());
  }

  /** Elements in one stretch of the file. */
  static Message contiguous(long address, long bytes) {
    return new Message(
        Message.LAYOUT, new LittleEndian().u8(3).u8(1).u64(address).u64(bytes).toArray());
  }

  static Message symbolTable(Hdf5SymbolTable.Place place) {
    return new Message(
        Message.SYMBOL_TABLE, new LittleEndian().u64(place.tree()).u64(place.heap()).toArray());
  }
}
