package dev.graft.train;

import dev.graft.runtime.Tensors;
import org.tensorflow.Tensor;

/** Rows of floats, all of one length, that were computed before. Reading is thread-safe. */
interface RowStore extends AutoCloseable {
  /** What goes from memory that Java maps to TensorFlow's, of each thread: not new for each row. */
  ThreadLocal<float[]> PIECE = ThreadLocal.withInitial(() -> new float[1 << 14]);

  /**
   * Copies values of row {@code row}: {@code count} of them, from its value {@code from} on.
   *
   * @param at where in {@code into} they go
   */
  void get(int row, int from, int count, float[] into, int at);

  /** As the other method, to element {@code at} of a float32 tensor. */
  default void get(int row, int from, int count, Tensor into, long at) {
    float[] piece = PIECE.get();
    for (int done = 0; done < count; done += piece.length) {
      int part = Math.min(piece.length, count - done);
      get(row, from + done, part, piece, 0);
      Tensors.fill(into, at + done, piece, part);
    }
  }

  @Override
  void close();
}
