package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import dev.graft.error.StoppedException;
import dev.graft.files.AtomicFiles;
import dev.graft.files.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One file of kept features, mapped into memory: rows of floats, each under the hash that
 * identifies what it was computed of. Files never change once they are there.
 *
 * <p>Little-endian: {@code GRAFTROW}, the length of the text that follows as int32, that text (JSON
 * for people and for {@code graft cache list}), and, each starting at a multiple of 64 bytes, the
 * hashes (32 bytes a row), the CRC-32C sums of the rows (int32) and the rows (float32).
 */
final class FeatureFile implements RowStore {
  static final String EXTENSION = ".features";

  /** Bytes of rows a file holds at most, unless one row alone is longer. */
  static final long MOST_BYTES = 256L << 20;

  private static final byte[] MAGIC = "GRAFTROW".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH = 32;
  private static final int UNIT = 64;

  private final MappedByteBuffer bytes;
  private final Places places;

  private FeatureFile(MappedByteBuffer bytes, Places places) {
    this.bytes = bytes;
    this.places = places;
  }

  /** Where things stand in a file of {@code rows} rows of {@code length} floats. */
  private record Places(int rows, int length, int hashes, int sums, int values, long end) {
    static Places of(int text, int rows, int length) {
      int hashes = up(MAGIC.length + Integer.BYTES + text);
      int sums = up(hashes + HASH * rows);
      int values = up(sums + Integer.BYTES * rows);
      return new Places(rows, length, hashes, sums, values, values + 4L * rows * length);
    }

    private static int up(int place) {
      return (place + UNIT - 1) / UNIT * UNIT;
    }

    int row(int row) {
      return values + Float.BYTES * row * length;
    }
  }

  /** Gives the next row, in the order of the hashes. */
  interface Rows {
    float[] next() throws IOException;
  }

  /** The same rows get the same name. */
  private static String name(List<String> hashes) {
    return Sha256.of(String.join("\n", hashes)).substring(0, 16) + EXTENSION;
  }

  /** How many rows of {@code length} floats go into one file. */
  static int capacity(int length) {
    return (int) Math.max(1, MOST_BYTES / (4L * length));
  }

  /**
   * Writes a file, which appears whole or not at all. Its beginning is locked while it is written,
   * so that nobody takes it for one that a killed process left. When {@code rows} is stopped, those
   * that it gave until then become a smaller file.
   *
   * @param about what the text tells; {@code rows} and {@code length} are added
   * @return the file
   */
  static Path write(
      Path folder, Map<String, Object> about, List<String> hashes, int length, Rows rows) {
    Path target = folder.resolve(name(hashes));
    Map<String, Object> told = new java.util.LinkedHashMap<>(about);
    told.put("rows", hashes.size());
    told.put("length", length);
    byte[] text = Json.compact(told).getBytes(StandardCharsets.UTF_8);
    Places places = Places.of(text.length, hashes.size(), length);
    AtomicFiles.write(
        target,
        part -> {
          try (FileChannel channel =
                  FileChannel.open(
                      part,
                      StandardOpenOption.CREATE_NEW,
                      StandardOpenOption.READ,
                      StandardOpenOption.WRITE);
              var lock = channel.lock()) {
            ByteBuffer head = little(places.values);
            head.put(MAGIC).putInt(text.length).put(text);
            ByteBuffer row = little(Float.BYTES * length);
            for (int i = 0; i < hashes.size(); i++) {
              float[] values;
              try {
                values = rows.next();
              } catch (StoppedException e) {
                if (i > 0) {
                  write(folder, about, hashes.subList(0, i), length, again(channel, places));
                }
                throw e;
              }
              row.clear().asFloatBuffer().put(values, 0, length);
              head.putInt(places.sums + Integer.BYTES * i, sum(row.clear()));
              put(channel, row.clear(), places.row(i));
              head.position(places.hashes + HASH * i);
              head.put(HexFormat.of().parseHex(hashes.get(i)));
            }
            put(channel, head.clear(), 0);
          }
        });
    return target;
  }

  /** The rows that were written already. */
  private static Rows again(FileChannel channel, Places places) {
    ByteBuffer bytes = little(Float.BYTES * places.length);
    int[] row = {0};
    return () -> {
      long start = places.row(row[0]++);
      bytes.clear();
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, start + bytes.position()) < 0) {
          throw new EOFException("a row that was written is not there");
        }
      }
      float[] values = new float[places.length];
      bytes.clear().asFloatBuffer().get(values);
      return values;
    };
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    for (long at = position; bytes.hasRemaining(); ) {
      at += channel.write(bytes, at);
    }
  }

  private static int sum(ByteBuffer bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return (int) sum.getValue();
  }

  /** Maps a file; empty when it is not what {@link #write} writes, or not all of it. */
  static Optional<FeatureFile> open(Path file, int length) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Config about = about(channel, file);
      Places places =
          Places.of(text(channel), about.integer("rows", 0), about.integer("length", 0));
      if (places.length != length || places.end != channel.size()) {
        return Optional.empty();
      }
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      return Optional.of(new FeatureFile(bytes, places));
    } catch (GraftException | ArithmeticException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** What the text of a file tells; a {@link GraftException} when it has none. */
  static Config about(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return about(channel, file);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  private static Config about(FileChannel channel, Path file) throws IOException {
    int size = text(channel);
    ByteBuffer text = ByteBuffer.allocate(Math.max(size, 0));
    channel.read(text, MAGIC.length + Integer.BYTES);
    return Config.parse(
        new String(text.array(), 0, text.position(), StandardCharsets.UTF_8), file.toString());
  }

  /** The length of the text, or -1 when the file begins otherwise. */
  private static int text(FileChannel channel) throws IOException {
    ByteBuffer head = little(MAGIC.length + Integer.BYTES);
    int read = channel.read(head, 0);
    byte[] magic = new byte[MAGIC.length];
    head.get(0, magic);
    boolean right = read == head.capacity() && java.util.Arrays.equals(magic, MAGIC);
    int size = head.getInt(MAGIC.length);
    return right && size > 0 && size < channel.size() && size < 1 << 20 ? size : -1;
  }

  int rows() {
    return places.rows;
  }

  /** The hash of row {@code row}. */
  String hash(int row) {
    byte[] hash = new byte[HASH];
    bytes.get(places.hashes + HASH * row, hash);
    return HexFormat.of().formatHex(hash);
  }

  /** True when row {@code row} is as it was written. */
  boolean whole(int row) {
    ByteBuffer slice = bytes.slice(places.row(row), Float.BYTES * places.length);
    return sum(slice) == bytes.getInt(places.sums + Integer.BYTES * row);
  }

  @Override
  public void get(int row, int from, int count, float[] into, int at) {
    ByteBuffer slice =
        bytes.slice(places.row(row) + Float.BYTES * from, Float.BYTES * count).order(bytes.order());
    slice.asFloatBuffer().get(into, at, count);
  }

  /** The mapped memory goes when nothing refers to it any more. */
  @Override
  public void close() {}
}
