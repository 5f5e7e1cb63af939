package dev.graft.files;

import java.io.ByteArrayOutputStream;

/** Bytes that grow as numbers are added, lowest byte first. */
final class LittleEndian {
  /** HDF5's address of something that is not there. */
  static final long UNDEFINED = -1;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  LittleEndian u8(int value) {
    bytes.write(value);
    return this;
  }

  LittleEndian u16(int value) {
    return u8(value).u8(value >> 8);
  }

  LittleEndian u32(long value) {
    return u16((int) value).u16((int) (value >> 16));
  }

  LittleEndian u64(long value) {
    return u32(value).u32(value >> 32);
  }

  LittleEndian raw(byte[] values) {
    bytes.writeBytes(values);
    return this;
  }

  /** The four or so letters that HDF5 marks its structures with. */
  LittleEndian letters(String letters) {
    for (int i = 0; i < letters.length(); i++) {
      u8(letters.charAt(i));
    }
    return this;
  }

  LittleEndian zeros(int count) {
    return raw(new byte[count]);
  }

  /** Zeros up to the next multiple of eight. */
  LittleEndian align() {
    return zeros(-bytes.size() & 7);
  }

  int size() {
    return bytes.size();
  }

  byte[] toArray() {
    return bytes.toByteArray();
  }
}
