package dev.graft.spark;

import java.util.Iterator;
import org.apache.spark.sql.Row;

/** Rows that end badly after a few. */
final class Failing implements Iterator<Row> {
  private final Iterator<Row> rows;
  private final boolean halts;
  private int left;

  /**
   * Passes {@code rows} on.
   *
   * @param after how many; -1 for all
   * @param halts ends the JVM instead of throwing
   */
  Failing(Iterator<Row> rows, int after, boolean halts) {
    this.rows = rows;
    this.left = after;
    this.halts = halts;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public Row next() {
    if (left-- == 0) {
      if (halts) {
        Runtime.getRuntime().halt(9);
      }
      throw new IllegalStateException("planted failure");
    }
    return rows.next();
  }
}
