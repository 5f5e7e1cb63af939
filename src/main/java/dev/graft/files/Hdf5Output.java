package dev.graft.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is written front to back; every piece starts at a multiple of eight. */
final class Hdf5Output implements AutoCloseable {
  private final FileChannel channel;
  private final long start;
  private long end;

  private Hdf5Output(FileChannel channel, long start, int reserved) {
    this.channel = channel;
    this.start = start;
    this.end = reserved;
  }

  /** Opens {@code path}, leaving its first {@code reserved} bytes for later. */
  static Hdf5Output create(Path path, int reserved) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    return new Hdf5Output(channel, 0, reserved);
  }

  /** As {@link #create}, as the part of an existing file from byte {@code start} on. */
  static Hdf5Output within(Path path, long start, int reserved) throws IOException {
    return new Hdf5Output(FileChannel.open(path, StandardOpenOption.WRITE), start, reserved);
  }

  /** Where the next piece will stand. */
  long next() {
    end += -end & 7;
    return end;
  }

  /** Adds a piece and says where it stands. */
  long append(byte[] piece) {
    return append(ByteBuffer.wrap(piece));
  }

  /** Adds what is left in {@code piece} and says where it stands. */
  long append(ByteBuffer piece) {
    long at = next();
    add(piece);
    return at;
  }

  /** Adds bytes right after the last ones. */
  void add(ByteBuffer bytes) {
    end += put(bytes, end);
  }

  /** Puts bytes into the part left free at the start. */
  void atStart(byte[] bytes) {
    put(ByteBuffer.wrap(bytes), 0);
  }

  private int put(ByteBuffer bytes, long position) {
    int length = bytes.remaining();
    long at = start + position;
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return length;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
