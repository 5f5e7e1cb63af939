package dev.graft.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a {@code .npy} of float32 row by row, when the number of rows is known only at the end.
 * Use it inside {@link AtomicFiles#write}: the file is complete only after {@link #close}.
 */
public final class NpyWriter implements AutoCloseable {
  /** Room for any number of rows of up to thirty dimensions or so. */
  private static final int HEAD = 256;

  /** Bytes that are gathered before they go to the file. */
  private static final int PIECE = 1 << 16;

  private final FileChannel channel;
  private final long[] rowShape;
  private final long rowSize;
  private ByteBuffer piece = buffer(PIECE);
  private long written;
  private long count;

  private NpyWriter(FileChannel channel, long[] rowShape) throws IOException {
    this.channel = channel;
    this.rowShape = rowShape.clone();
    this.rowSize = NpyArray.size(rowShape);
    put(ByteBuffer.wrap(head(0)), 0);
  }

  /** Starts the file {@code path} of rows that each have {@code rowShape}. */
  public static NpyWriter create(Path path, long... rowShape) throws IOException {
    return new NpyWriter(
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING),
        rowShape);
  }

  /** Writes {@code array} to the file {@code path} in one go, as {@code numpy.save} does. */
  public static void save(Path path, NpyArray array) {
    byte[] head = NpyHeader.encode(array.type(), array.shape(), 0);
    AtomicFiles.write(
        path,
        target -> {
          try (FileChannel out =
              FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(head));
            ByteBuffer data = array.data().duplicate().rewind();
            while (data.hasRemaining()) {
              out.write(data);
            }
          }
        });
  }

  /** Adds the first {@code length} of {@code values}: rows, or parts of one. */
  public void write(float[] values, int length) throws IOException {
    int bytes = Float.BYTES * length;
    if (piece.remaining() < bytes) {
      flush();
    }
    if (piece.remaining() < bytes) {
      piece = buffer(bytes);
    }
    piece.asFloatBuffer().put(values, 0, length);
    piece.position(piece.position() + bytes);
    count += length;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void flush() throws IOException {
    piece.flip();
    int bytes = piece.remaining();
    put(piece, HEAD + written);
    written += bytes;
    piece.clear();
  }

  private byte[] head(long rows) {
    long[] shape = new long[rowShape.length + 1];
    shape[0] = rows;
    System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
    byte[] head = NpyHeader.encode(ElementType.FLOAT32, shape, HEAD);
    if (head.length != HEAD) {
      throw new IllegalArgumentException("rows of " + rowShape.length + " dimensions");
    }
    return head;
  }

  private void put(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /**
   * Puts the number of rows into the head and closes the file.
   *
   * @throws IllegalStateException when the last row is not complete
   */
  @Override
  public void close() throws IOException {
    try (channel) {
      if (rowSize == 0 ? count != 0 : count % rowSize != 0) {
        throw new IllegalStateException(count + " values do not make rows of " + rowSize);
      }
      flush();
      put(ByteBuffer.wrap(head(rowSize == 0 ? 0 : count / rowSize)), 0);
    }
  }
}
