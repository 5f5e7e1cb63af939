package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * An array of unsigned bytes in the IDX format of MNIST, packed with gzip or not.
 *
 * <p>Source: "the IDX file format", http://yann.lecun.com/exdb/mnist/: two zero bytes, the element
 * type (8 is unsigned byte), the number of dimensions, each dimension as a big-endian int, then the
 * elements in row-major order.
 *
 * @param shape all dimensions, the examples first
 * @param values the elements
 */
public record Idx(int[] shape, byte[] values) {
  private static final int UNSIGNED_BYTE = 8;

  /** Deflate makes a file at most this many times smaller. */
  private static final long MAX_RATIO = 1100;

  /**
   * Reads an IDX file.
   *
   * @throws DataException when the file is missing or cannot be read
   * @throws MalformedFileException when it is no IDX file of unsigned bytes
   */
  public static Idx read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, Files.size(file), file.toString());
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new DataException(file + ": no such file. Check the path.", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads an IDX array from {@code stream}.
   *
   * @param size bytes in the stream, which bounds what its header may claim
   * @param name what to call it in errors
   */
  static Idx read(InputStream stream, long size, String name) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(stream, 1 << 16);
    buffered.mark(2);
    boolean packed = buffered.read() == 0x1f && buffered.read() == 0x8b;
    buffered.reset();
    try (DataInputStream in =
        new DataInputStream(packed ? new GZIPInputStream(buffered, 1 << 16) : buffered)) {
      int[] shape = header(in, name);
      long elements = elements(shape, name);
      long most = packed ? Math.multiplyExact(size, MAX_RATIO) : size;
      if (elements > most) {
        throw new MalformedFileException(
            name
                + ": the header promises "
                + elements
                + " bytes, a file of "
                + size
                + " bytes cannot hold them. The file is damaged.");
      }
      byte[] values = in.readNBytes((int) elements);
      if (values.length < elements || in.read() >= 0) {
        throw new MalformedFileException(
            name
                + ": the header promises "
                + elements
                + " bytes of data, the file has "
                + (values.length < elements ? "only " + values.length : "more")
                + ". Fetch it again.");
      }
      return new Idx(shape, values);
    } catch (EOFException e) {
      throw new MalformedFileException(
          name + ": ends before its data does. The file is cut off; fetch it again.", e);
    } catch (java.util.zip.ZipException e) {
      throw new MalformedFileException(name + ": the gzip data is damaged: " + e.getMessage(), e);
    }
  }

  private static int[] header(DataInputStream in, String name) throws IOException {
    int magic = in.readInt();
    int type = magic >> 8;
    int rank = magic & 0xff;
    if (type != UNSIGNED_BYTE || rank < 1 || rank > 4) {
      throw new MalformedFileException(
          String.format(
              "%s: expected an IDX file of unsigned bytes, which begins with 00 00 08 and the number"
                  + " of dimensions (1 to 4), came %02x %02x %02x %02x.",
              name, magic >>> 24, magic >> 16 & 0xff, magic >> 8 & 0xff, rank));
    }
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = in.readInt();
    }
    return shape;
  }

  private static long elements(int[] shape, String name) {
    long product = 1;
    for (int size : shape) {
      product = size < 0 ? Long.MAX_VALUE : product * size;
      if (product > Integer.MAX_VALUE - 16) {
        throw new MalformedFileException(
            name
                + ": expected at most 2 GiB of elements, the header says "
                + Arrays.toString(shape)
                + ".");
      }
    }
    return product;
  }
}
