package dev.graft.files;

import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A {@code .npy} file open for reading: its shape and type at once, its rows when asked for. Rows
 * may be read from several threads.
 */
public final class NpyFile implements AutoCloseable {
  private static final int PIECE = 1 << 14;

  private final String path;
  private final Source source;
  private final NpyHeader header;
  private final long size;

  /** Bytes that can be read at a place. */
  private interface Source {
    /** Reads some bytes into {@code target}; -1 at the end. */
    int read(ByteBuffer target, long position) throws IOException;

    long length() throws IOException;

    void close() throws IOException;
  }

  private record InFile(FileChannel channel) implements Source {
    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return channel.read(target, position);
    }

    @Override
    public long length() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private record InMemory(ByteBuffer bytes) implements Source {
    @Override
    public int read(ByteBuffer target, long position) {
      int count = (int) Math.min(target.remaining(), bytes.limit() - position);
      if (count <= 0) {
        return -1;
      }
      target.put(bytes.slice((int) position, count));
      return count;
    }

    @Override
    public long length() {
      return bytes.limit();
    }

    @Override
    public void close() {
      // Memory needs no closing.
    }
  }

  private NpyFile(String path, Source source) throws IOException {
    this.path = path;
    this.source = source;
    byte[] prefix = take(0, (int) Math.min(NpyHeader.PREFIX, source.length()));
    int lengthBytes = NpyHeader.lengthBytes(path, prefix);
    ByteBuffer length =
        ByteBuffer.wrap(take(NpyHeader.PREFIX, lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
    long headBytes = lengthBytes == 2 ? length.getShort() & 0xffff : length.getInt() & 0xffffffffL;
    if (headBytes > NpyHeader.LONGEST) {
      throw new MalformedFileException(
          path + ": its head claims " + headBytes + " bytes. Save it again.");
    }
    int start = NpyHeader.PREFIX + lengthBytes;
    String text = new String(take(start, (int) headBytes), StandardCharsets.UTF_8);
    header = NpyHeader.parse(path, text, start + (int) headBytes);
    size = NpyArray.size(header.shape());
    long expected = size * header.type().bytes();
    long found = source.length() - header.bytes();
    if (expected != found) {
      throw new MalformedFileException(
          path
              + ": expected "
              + expected
              + " bytes of elements, found "
              + found
              + ". Fetch or save it again.");
    }
  }

  /**
   * Opens {@code path}.
   *
   * @throws DataException when there is no such file, or it may not be read
   * @throws MalformedFileException when it is no {@code .npy}, or cut short
   * @throws UnsupportedException when its elements are no numbers; objects are never unpickled
   */
  public static NpyFile open(Path path) {
    if (Files.isDirectory(path)) {
      throw new DataException(path + ": expected a .npy file, found a folder. Name a file.");
    }
    Source source = null;
    try {
      source = new InFile(FileChannel.open(path, StandardOpenOption.READ));
      NpyFile file = new NpyFile(path.toString(), source);
      source = null;
      return file;
    } catch (NoSuchFileException e) {
      throw new DataException(path + ": there is no such file. Check the path.", e);
    } catch (AccessDeniedException e) {
      throw new DataException(path + ": the file may not be read. Change its permissions.", e);
    } catch (IOException e) {
      throw unreadable(path.toString(), e);
    } finally {
      close(path.toString(), source);
    }
  }

  /** As {@link #open}, from the {@code bytes} of a file that errors call {@code where}. */
  static NpyFile of(String where, byte[] bytes) {
    try {
      return new NpyFile(where, new InMemory(ByteBuffer.wrap(bytes)));
    } catch (IOException e) {
      throw unreadable(where, e);
    }
  }

  private static DataException unreadable(String path, IOException e) {
    return new DataException(path + ": cannot be read: " + e.getMessage() + ".", e);
  }

  private byte[] take(long position, int length) {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[length]);
    fill(bytes, position);
    return bytes.array();
  }

  private void fill(ByteBuffer target, long position) {
    long at = position;
    try {
      while (target.hasRemaining()) {
        int count = source.read(target, at);
        if (count < 0) {
          throw new MalformedFileException(
              path + ": ends at byte " + at + ", too early. Fetch or save it again.");
        }
        at += count;
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The lengths of the dimensions; empty for a scalar. */
  public long[] shape() {
    return header.shape().clone();
  }

  public ElementType type() {
    return header.type();
  }

  /** How many elements there are. */
  public long size() {
    return size;
  }

  /** Whether the first index moves fastest in the file; such a file is only read whole. */
  public boolean fortranOrder() {
    return header.fortran() && header.shape().length > 1;
  }

  /** Everything, in C order. */
  public NpyArray array() {
    long bytes = size * type().bytes();
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new UnsupportedException(
          path + ": has " + bytes + " bytes, more than one Java array holds. Read it in rows.");
    }
    ByteBuffer data = ByteBuffer.wrap(take(header.bytes(), (int) bytes));
    return new NpyArray(shape(), type(), fortranOrder() ? inOrder(data) : data);
  }

  /** The elements with the last index moving fastest. */
  private ByteBuffer inOrder(ByteBuffer stored) {
    long[] shape = header.shape();
    int width = type().bytes();
    int[] strides = new int[shape.length];
    int stride = width;
    for (int axis = 0; axis < shape.length; axis++) {
      strides[axis] = stride;
      stride *= (int) shape[axis];
    }
    ByteBuffer ordered = ByteBuffer.allocate(stored.limit());
    int[] index = new int[shape.length];
    int from = 0;
    while (ordered.hasRemaining()) {
      ordered.put(stored.slice(from, width));
      int axis = shape.length - 1;
      while (axis >= 0 && ++index[axis] == shape[axis]) {
        from -= strides[axis] * (index[axis] - 1);
        index[axis--] = 0;
      }
      from += axis >= 0 ? strides[axis] : 0;
    }
    return ordered.flip();
  }

  /**
   * Gives rows {@code from} to {@code to - 1} along the first dimension to {@code sink}, as float.
   *
   * @throws UnsupportedException when the file is in Fortran order, where rows lie scattered
   */
  public void rows(long from, long to, FloatSink sink) {
    long[] shape = header.shape();
    long rows = shape.length == 0 ? 1 : shape[0];
    if (from < 0 || from > to || to > rows) {
      throw new IllegalArgumentException(
          path + " has " + rows + " rows, not " + from + " to " + to);
    }
    if (type().isText()) {
      throw new UnsupportedException(path + ": holds texts, and numbers were expected.");
    }
    if (fortranOrder()) {
      throw new UnsupportedException(
          path
              + ": is in Fortran order, which is not read in rows. Save it with"
              + " numpy.ascontiguousarray.");
    }
    if (from == to || size == 0) {
      return;
    }
    int width = type().bytes();
    long left = (to - from) * (size / rows);
    long at = header.bytes() + from * (size / rows) * width;
    float[] values = new float[(int) Math.min(PIECE, left)];
    ByteBuffer piece = ByteBuffer.allocate(values.length * width);
    while (left > 0) {
      int count = (int) Math.min(values.length, left);
      piece.clear().limit(count * width);
      fill(piece, at);
      type().floats(piece.flip(), values, 0, count);
      sink.accept(values, count);
      left -= count;
      at += (long) count * width;
    }
  }

  @Override
  public void close() {
    close(path, source);
  }

  private static void close(String path, Source source) {
    if (source != null) {
      try {
        source.close();
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }
  }
}
