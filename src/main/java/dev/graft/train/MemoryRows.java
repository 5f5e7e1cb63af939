package dev.graft.train;

import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Tensor;

/**
 * Rows in memory, outside of Java's heap: there they would be moved about some times until they
 * stay, which takes as long as a small network takes to compute them.
 */
final class MemoryRows implements RowStore {
  private static final long BYTES_A_PIECE = 64L << 20;

  private final int length;
  private final int each;
  private final List<Tensor> pieces = new ArrayList<>();

  /** Room for {@code count} rows of {@code length} floats. */
  MemoryRows(int count, int length) {
    this.length = length;
    this.each = (int) Math.max(1, BYTES_A_PIECE / (Float.BYTES * Math.max(1L, length)));
    try {
      for (int from = 0; from < count; from += each) {
        pieces.add(Tensors.room(Math.min(each, count - from), length));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Keeps {@code size} rows, from {@code row} on: the values of all outputs, one after the other.
   *
   * @return the row after them
   */
  int put(int row, List<Tensor> outputs, int size) {
    int at = 0;
    for (Tensor output : outputs) {
      long count = output.size() / size;
      for (int k = 0; k < size; k++) {
        Tensors.copy(output, k * count, pieces.get((row + k) / each), place(row + k) + at, count);
      }
      at += (int) count;
    }
    return row + size;
  }

  /** Keeps one row. */
  void put(int row, float[] values) {
    Tensors.fill(pieces.get(row / each), place(row), values, length);
  }

  private long place(int row) {
    return (long) (row % each) * length;
  }

  @Override
  public void get(int row, int from, int count, float[] into, int at) {
    Tensors.read(pieces.get(row / each), place(row) + from, into, at, count);
  }

  @Override
  public void get(int row, int from, int count, Tensor into, long at) {
    Tensors.copy(pieces.get(row / each), place(row) + from, into, at, count);
  }

  @Override
  public void close() {
    pieces.forEach(Tensor::close);
    pieces.clear();
  }
}
