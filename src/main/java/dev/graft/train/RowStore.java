package dev.graft.train;

import dev.graft.runtime.Tensors;
import org.tensorflow.Tensor;

/** Rows of floats, all of one length, that were computed before. Reading is thread-safe. */
interface RowStore extends AutoCloseable {
  /**
   * Copies values of row {@code row}: {@code count} of them, from its value {@code from} on.
   *
   * @param at where in {@code into} they go
   */
  void get(int row, int from, int count, float[] into, int at);

  /** As the other method, to element {@code at} of a float32 tensor. */
  default void get(int row, int from, int count, Tensor into, long at) {
    float[] values = new float[count];
    get(row, from, count, values, 0);
    Tensors.fill(into, at, values, count);
  }

  @Override
  void close();
}
