package dev.graft.files;

import dev.graft.error.MalformedFileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipException;

/**
 * Reads a tar archive from first to last: files and folders, in the ustar, GNU and pax dialects.
 *
 * <p>Links, devices and sparse files are refused: what is unpacked must lie in its own folder and
 * be what it says. Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic
 * Tar Format".
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final int LONGEST_NAME = 1 << 16;

  private final String where;
  private final InputStream in;
  private String longName;
  private long longSize = -1;
  private long padding;
  private long left;

  /** A file or folder. */
  record Entry(String name, boolean folder, long size) {}

  TarReader(String where, InputStream in) {
    this.where = where;
    this.in = in;
  }

  /** Whether {@code start}, the first bytes of a file, are those of a tar archive. */
  static boolean begins(byte[] start) {
    return start.length >= BLOCK && checksum(start) == octal(start, 148, 8);
  }

  /** The next entry, or null at the end; what is left of the one before is passed over. */
  Entry next() throws IOException {
    skip(left + padding);
    left = 0;
    padding = 0;
    while (true) {
      byte[] header = block();
      if (header == null || isZero(header)) {
        return null;
      }
      if (checksum(header) != octal(header, 148, 8)) {
        throw refuse("a header whose checksum is wrong");
      }
      long size = number(header, 124, 12);
      Entry entry = entry(header, size);
      if (entry != null) {
        return entry;
      }
    }
  }

  /** An entry, or null when the header only said something of the next one. */
  private Entry entry(byte[] header, long size) throws IOException {
    switch (header[156]) {
      case 'L' -> longName = terminated(content(size), 0, (int) size);
      case 'x' -> pax(new String(content(size), StandardCharsets.UTF_8));
      case 'g' -> content(size);
      case '5' -> {
        return opened(header, true, 0);
      }
      case 0, '0', '7' -> {
        return opened(header, false, longSize >= 0 ? longSize : size);
      }
      default ->
          throw refuse(
              "'" + name(header) + "', which is neither a file nor a folder but a link or device");
    }
    return null;
  }

  private Entry opened(byte[] header, boolean folder, long size) {
    String name = longName == null ? name(header) : longName;
    longName = null;
    longSize = -1;
    left = size;
    padding = (BLOCK - size % BLOCK) % BLOCK;
    return new Entry(name, folder || name.endsWith("/"), size);
  }

  /** Reads from the entry that {@link #next} gave last; -1 at its end. */
  int read(byte[] piece) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = in.read(piece, 0, (int) Math.min(piece.length, left));
    if (count < 0) {
      throw cut();
    }
    left -= count;
    return count;
  }

  /** "LENGTH KEY=VALUE\n", one after the other. */
  private void pax(String records) {
    int at = 0;
    while (at < records.length()) {
      int space = records.indexOf(' ', at);
      int end = records.indexOf('\n', at);
      int equals = records.indexOf('=', at);
      if (space < 0 || end < 0 || equals < space || equals > end) {
        throw refuse("a pax header that cannot be read");
      }
      String key = records.substring(space + 1, equals);
      String value = records.substring(equals + 1, end);
      if (key.equals("path")) {
        longName = value;
      } else if (key.equals("size")) {
        try {
          longSize = Long.parseLong(value);
        } catch (NumberFormatException e) {
          throw refuse("a pax header with the size '" + value + "'");
        }
        if (longSize < 0) {
          throw refuse("a pax header with the size '" + value + "'");
        }
      } else if (key.startsWith("GNU.sparse")) {
        throw refuse("a sparse file, which is not read");
      }
      at = end + 1;
    }
  }

  private byte[] content(long size) throws IOException {
    if (size > LONGEST_NAME) {
      throw refuse("a name or header of " + size + " bytes");
    }
    byte[] content = in.readNBytes((int) size);
    if (content.length < size) {
      throw cut();
    }
    skip((BLOCK - size % BLOCK) % BLOCK);
    return content;
  }

  private byte[] block() throws IOException {
    byte[] block = in.readNBytes(BLOCK);
    if (block.length == 0) {
      return null;
    }
    if (block.length < BLOCK) {
      throw cut();
    }
    return block;
  }

  private void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw cut();
    }
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static String name(byte[] header) {
    String name = terminated(header, 0, 100);
    boolean posix = header[257] == 'u' && header[262] == 0;
    String prefix = posix ? terminated(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String terminated(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  private long number(byte[] header, int from, int length) {
    long value = 0;
    if ((header[from] & 0x80) == 0) {
      value = octal(header, from, length);
    } else {
      // GNU's form for sizes of 8 GB and more: the number itself, highest byte first.
      for (int i = from + 1; i < from + length; i++) {
        value = value >= 1L << 54 ? -1 : (value << 8) | (header[i] & 0xff);
      }
    }
    if (value < 0) {
      throw refuse("an entry whose size cannot be read");
    }
    return value;
  }

  /** An octal number, or -1. */
  private static long octal(byte[] header, int from, int length) {
    String digits = terminated(header, from, length).strip();
    return digits.matches("[0-7]{1,20}") ? Long.parseLong(digits, 8) : -1;
  }

  private static long checksum(byte[] header) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    return sum;
  }

  private MalformedFileException refuse(String found) {
    return new MalformedFileException(
        where + ": the archive has " + found + ". Fetch it from a source you trust.");
  }

  private MalformedFileException cut() {
    return new MalformedFileException(
        where + ": the archive ends in the middle. Fetch or copy it again.");
  }

  /** What a decompressor's complaint means. */
  static MalformedFileException damaged(String where, ZipException e) {
    return new MalformedFileException(
        where + ": is damaged (" + e.getMessage() + "). Fetch or copy it again.", e);
  }
}
