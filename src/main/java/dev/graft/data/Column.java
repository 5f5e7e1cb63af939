package dev.graft.data;

import dev.graft.files.NpyFile;
import java.nio.file.Path;
import java.util.List;

/** One input of a data set as it is stored: plain data, no native memory. */
public sealed interface Column {
  /** How many examples it has. */
  int size();

  /** The shape of one example, without the batch dimension. */
  int[] shape();

  /** Copies the values of stored row {@code row} into {@code into}, from {@code offset} on. */
  void read(int row, float[] into, int offset);

  /** Image files, decoded when they are needed. */
  record Pictures(List<Path> files) implements Column {
    /** Copies the list. */
    public Pictures {
      files = List.copyOf(files);
    }

    @Override
    public int size() {
      return files.size();
    }

    @Override
    public int[] shape() {
      throw new IllegalStateException("pictures have no shape before they are decoded");
    }

    @Override
    public void read(int row, float[] into, int offset) {
      throw new IllegalStateException("pictures have no values before they are decoded");
    }
  }

  /**
   * Unsigned bytes in memory, such as the pictures of MNIST.
   *
   * @param values all examples in row-major order; not copied
   * @param shape of one example, without the batch dimension
   */
  record Bytes(byte[] values, int[] shape) implements Column {
    @Override
    public int size() {
      return values.length / product(shape);
    }

    @Override
    public void read(int row, float[] into, int offset) {
      int width = product(shape);
      for (int i = 0; i < width; i++) {
        into[offset + i] = values[row * width + i] & 0xff;
      }
    }
  }

  /**
   * Numbers in memory.
   *
   * @param values all examples in row-major order; not copied
   * @param shape of one example, without the batch dimension
   */
  record Floats(float[] values, int[] shape) implements Column {
    @Override
    public int size() {
      return values.length / product(shape);
    }

    @Override
    public void read(int row, float[] into, int offset) {
      int width = product(shape);
      System.arraycopy(values, row * width, into, offset, width);
    }
  }

  /**
   * Numbers in a {@code .npy} file too large for memory; rows are read when they are needed.
   *
   * @param size how many examples
   * @param shape of one example, without the batch dimension
   */
  record Npy(Path file, int size, int[] shape) implements Column {
    @Override
    public void read(int row, float[] into, int offset) {
      int[] at = {offset};
      try (NpyFile open = NpyFile.open(file)) {
        open.rows(
            row,
            row + 1L,
            (values, count) -> {
              System.arraycopy(values, 0, into, at[0], count);
              at[0] += count;
            });
      }
    }
  }

  /**
   * Texts in memory.
   *
   * @param values all examples in row-major order, in UTF-8; not copied
   * @param shape of one example, without the batch dimension
   */
  record Texts(List<byte[]> values, int[] shape) implements Column {
    @Override
    public int size() {
      return values.size() / product(shape);
    }

    @Override
    public void read(int row, float[] into, int offset) {
      throw new IllegalStateException("texts are no numbers");
    }
  }

  /**
   * Columns of a CSV file before it is known which goes where: as one input of numbers, or each as
   * an input of its own.
   */
  record Cells(Table table) implements Column {
    @Override
    public int size() {
      return table.rows();
    }

    @Override
    public int[] shape() {
      return new int[] {table.names().size()};
    }

    @Override
    public void read(int row, float[] into, int offset) {
      table.read(row, into, offset);
    }
  }

  /** How many values an example of {@code shape} has. */
  static int product(int[] shape) {
    int product = 1;
    for (int size : shape) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }
}
