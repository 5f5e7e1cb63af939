package dev.graft.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a zip file whose bytes depend on its contents alone: every entry has the same date. Use it
 * inside {@link AtomicFiles#write}.
 */
public final class ZipWriter implements AutoCloseable {
  // Zip begins with January 1980, but Java adds a field in local time to entries of that very day.
  private static final LocalDateTime DATE = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final int PIECE = 1 << 17;

  /** Bytes before an entry's name, and of the field that Java adds to an entry over 4 GB. */
  private static final int HEADER = 30;

  private static final int LARGE_FIELD = 20;
  private static final long LARGE = 0xFFFF_FFFFL;

  /** The kind of an extra field that others skip: Android's, of padding. */
  private static final int PADDING = 0xd935;

  private final Path path;
  private final Tail tail;
  private final ZipOutputStream out;

  private ZipWriter(Path path, FileChannel channel) {
    this.path = path;
    this.tail = new Tail(channel);
    this.out = new ZipOutputStream(new BufferedOutputStream(tail, PIECE), StandardCharsets.UTF_8);
  }

  /** Starts the file {@code path}, replacing what is there. */
  public static ZipWriter create(Path path) throws IOException {
    return new ZipWriter(
        path,
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  /** The end of the file; {@code passing}, it takes bytes that are there already. */
  private static final class Tail extends OutputStream {
    private final FileChannel channel;
    private final OutputStream out;
    private boolean passing;

    Tail(FileChannel channel) {
      this.channel = channel;
      this.out = Channels.newOutputStream(channel);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (passing) {
        channel.position(channel.position() + count);
      } else {
        out.write(bytes, from, count);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Adds {@code text} as UTF-8, compressed. */
  public ZipWriter text(String name, String text) throws IOException {
    return deflated(name, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Adds what {@code content} writes, compressed as it comes. */
  public ZipWriter deflated(String name, IoConsumer<OutputStream> content) throws IOException {
    out.putNextEntry(entry(name));
    content.accept(out);
    out.closeEntry();
    return this;
  }

  /** Adds {@code bytes} uncompressed. */
  public ZipWriter stored(String name, byte[] bytes) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    putStored(entry(name), bytes.length, sum);
    out.write(bytes);
    out.closeEntry();
    return this;
  }

  /** Adds the file {@code content} uncompressed; it is read twice, a piece at a time. */
  public ZipWriter stored(String name, Path content) throws IOException {
    CRC32 sum = new CRC32();
    long[] size = new long[1];
    pieces(
        content,
        (piece, from, count) -> {
          sum.update(piece, from, count);
          size[0] += count;
        });
    putStored(entry(name), size[0], sum);
    pieces(content, out::write);
    out.closeEntry();
    return this;
  }

  /** Writes into a file from some place on, up to the file's end. */
  public interface Placed {
    /** Writes into {@code file}, which is there, from byte {@code start} on. */
    void write(Path file, long start) throws IOException;
  }

  /** Adds uncompressed what {@code content} writes into this very file: it is not copied. */
  public ZipWriter stored(String name, Placed content) throws IOException {
    out.flush();
    // Nobody knows yet whether the entry needs the field of large ones: another takes its room.
    int before = HEADER + name.getBytes(StandardCharsets.UTF_8).length + LARGE_FIELD;
    long start = tail.channel.position() + before;
    content.write(path, start);
    long size = tail.channel.size() - start;
    CRC32 sum = new CRC32();
    written(start, sum::update);
    ZipEntry entry = entry(name);
    if (size < LARGE) {
      entry.setExtra(padding());
    }
    putStored(entry, size, sum);
    out.flush();
    if (tail.channel.position() != start) {
      throw new IOException("the header of '" + name + "' has another length than expected");
    }
    tail.passing = true;
    written(start, out::write);
    out.flush();
    tail.passing = false;
    out.closeEntry();
    return this;
  }

  private static byte[] padding() {
    int length = LARGE_FIELD - 2 * Short.BYTES;
    return new LittleEndian().u16(PADDING).u16(length).zeros(length).toArray();
  }

  private interface Use {
    void accept(byte[] piece, int from, int count) throws IOException;
  }

  /** The file from {@code start} to its end. */
  private void written(long start, Use use) throws IOException {
    byte[] piece = new byte[PIECE];
    ByteBuffer buffer = ByteBuffer.wrap(piece);
    int count;
    for (long at = start; (count = tail.channel.read(buffer.clear(), at)) >= 0; at += count) {
      use.accept(piece, 0, count);
    }
  }

  /** In pieces so large that no buffer has to gather them. */
  private static void pieces(Path content, Use use) throws IOException {
    try (InputStream in = Files.newInputStream(content)) {
      byte[] piece = new byte[PIECE];
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        use.accept(piece, 0, count);
      }
    }
  }

  private void putStored(ZipEntry entry, long size, CRC32 sum) throws IOException {
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(size);
    entry.setCompressedSize(size);
    entry.setCrc(sum.getValue());
    out.putNextEntry(entry);
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(DATE);
    return entry;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
