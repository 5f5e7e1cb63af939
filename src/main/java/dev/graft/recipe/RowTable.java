package dev.graft.recipe;

import java.util.List;

/**
 * Rows of floats with their names, given one after the other.
 *
 * @param shape of a row
 * @param files what a person would call each row
 * @param labels one a row; empty texts when there are none
 * @param rows gives the rows in this order, flattened
 */
record RowTable(long[] shape, List<String> files, List<String> labels, Rows rows) {
  /** Where rows come from. */
  interface Rows {
    /** The next row. */
    float[] next();
  }

  /** Copies the lists. */
  RowTable {
    shape = shape.clone();
    files = List.copyOf(files);
    labels = List.copyOf(labels);
  }

  /** The same with {@code others} in place of its rows. */
  RowTable with(Rows others) {
    return new RowTable(shape, files, labels, others);
  }

  int size() {
    return files.size();
  }

  /** How many values a row has. */
  int width() {
    long width = 1;
    for (long side : shape) {
      width = Math.multiplyExact(width, side);
    }
    return Math.toIntExact(width);
  }

  /** The shape of all rows. */
  long[] whole() {
    long[] whole = new long[shape.length + 1];
    whole[0] = size();
    System.arraycopy(shape, 0, whole, 1, shape.length);
    return whole;
  }
}
