package dev.graft.train;

import java.util.Arrays;

/** Rows in memory. */
final class MemoryRows implements RowStore {
  private final float[][] rows;

  MemoryRows(int count) {
    rows = new float[count][];
  }

  void put(int row, float[] values) {
    rows[row] = Arrays.copyOf(values, values.length);
  }

  @Override
  public void get(int row, int from, int count, float[] into, int at) {
    System.arraycopy(rows[row], from, into, at, count);
  }

  @Override
  public void close() {}
}
