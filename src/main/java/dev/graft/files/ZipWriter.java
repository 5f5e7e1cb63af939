package dev.graft.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private final ZipOutputStream out;

  private ZipWriter(OutputStream out) {
    this.out = new ZipOutputStream(out, StandardCharsets.UTF_8);
  }

  /** Starts the file {@code path}, replacing what is there. */
  public static ZipWriter create(Path path) throws IOException {
    return new ZipWriter(new java.io.BufferedOutputStream(Files.newOutputStream(path), PIECE));
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
    putStored(name, bytes.length, sum);
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
        (piece, count) -> {
          sum.update(piece, 0, count);
          size[0] += count;
        });
    putStored(name, size[0], sum);
    pieces(content, (piece, count) -> out.write(piece, 0, count));
    out.closeEntry();
    return this;
  }

  private interface Use {
    void accept(byte[] piece, int count) throws IOException;
  }

  /** In pieces so large that no buffer has to gather them. */
  private static void pieces(Path content, Use use) throws IOException {
    try (InputStream in = Files.newInputStream(content)) {
      byte[] piece = new byte[PIECE];
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        use.accept(piece, count);
      }
    }
  }

  private void putStored(String name, long size, CRC32 sum) throws IOException {
    ZipEntry entry = entry(name);
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
