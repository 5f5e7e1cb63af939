package dev.graft.train;

import dev.graft.runtime.Tensors;
import org.tensorflow.Tensor;

/** Rows in memory. */
final class MemoryRows implements RowStore {
  private final float[][] rows;

  MemoryRows(int count) {
    rows = new float[count][];
  }

  /** Keeps {@code values} themselves, which nobody may change from now on. */
  void put(int row, float[] values) {
    rows[row] = values;
  }

  @Override
  public void get(int row, int from, int count, float[] into, int at) {
    System.arraycopy(rows[row], from, into, at, count);
  }

  @Override
  public void get(int row, int from, int count, Tensor into, long at) {
    Tensors.fill(into, at, rows[row], from, count);
  }

  @Override
  public void close() {}
}
