package dev.graft.train;

/** Rows of floats, all of one length, that were computed before. Reading is thread-safe. */
interface RowStore extends AutoCloseable {
  /**
   * Copies values of row {@code row}: {@code count} of them, from its value {@code from} on.
   *
   * @param at where in {@code into} they go
   */
  void get(int row, int from, int count, float[] into, int at);

  @Override
  void close();
}
