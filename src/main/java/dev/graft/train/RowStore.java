package dev.graft.train;

import dev.graft.error.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Rows of floats, all of one length, kept in memory or in a file. Reading is thread-safe.
 *
 * <p>A file holds the rows one after the other, little-endian.
 */
abstract class RowStore implements AutoCloseable {
  /** Stores row {@code row}, taken from {@code values} at {@code offset}. */
  abstract void put(int row, float[] values, int offset);

  /** Writes row {@code row} at the position of {@code into}, and moves the position on. */
  abstract void get(int row, FloatBuffer into);

  @Override
  public abstract void close();

  /** Rows in memory. */
  static RowStore inMemory(int rows, int length) {
    float[][] all = new float[rows][];
    return new RowStore() {
      @Override
      void put(int row, float[] values, int offset) {
        all[row] = java.util.Arrays.copyOfRange(values, offset, offset + length);
      }

      @Override
      void get(int row, FloatBuffer into) {
        into.put(all[row]);
      }

      @Override
      public void close() {}
    };
  }

  /** Rows in {@code file}, which is deleted when the store is closed. */
  static RowStore onDisk(Path file, int length) {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw failed(file, e);
    }
    long bytes = 4L * length;
    return new RowStore() {
      @Override
      void put(int row, float[] values, int offset) {
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values, offset, length);
        try {
          for (long at = row * bytes; buffer.hasRemaining(); ) {
            at += channel.write(buffer, at);
          }
        } catch (IOException e) {
          throw failed(file, e);
        }
      }

      @Override
      void get(int row, FloatBuffer into) {
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
          for (long at = row * bytes; buffer.hasRemaining(); ) {
            int read = channel.read(buffer, at);
            if (read < 0) {
              throw new IOException("it ends early");
            }
            at += read;
          }
        } catch (IOException e) {
          throw failed(file, e);
        }
        into.put(buffer.flip().asFloatBuffer());
      }

      @Override
      public void close() {
        try {
          channel.close();
        } catch (IOException e) {
          throw failed(file, e);
        }
      }
    };
  }

  private static DataException failed(Path file, IOException e) {
    return new DataException(
        "kept features " + file + ": " + e.getMessage() + ". Free some space, or set cache to off.",
        e);
  }
}
