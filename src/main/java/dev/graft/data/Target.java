package dev.graft.data;

/** What is to be predicted, one value or row an example; plain data. */
public sealed interface Target {
  /** How many examples it has. */
  int size();

  /** One class an example: its index in the data set's list of classes. Not copied. */
  record Classes(int[] index) implements Target {
    @Override
    public int size() {
      return index.length;
    }
  }

  /**
   * Numbers, or a 0 or 1 for each of several classes.
   *
   * @param values {@code width} values an example; not copied
   */
  record Values(float[] values, int width) implements Target {
    @Override
    public int size() {
      return values.length / width;
    }
  }
}
