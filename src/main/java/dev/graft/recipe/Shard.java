package dev.graft.recipe;

import dev.graft.error.SettingException;

/**
 * One of several equal parts of long work, each done by a process of its own.
 *
 * @param index from 0
 * @param count how many there are
 */
public record Shard(int index, int count) {
  /** All of it. */
  public static final Shard WHOLE = new Shard(0, 1);

  /** Reads {@code i/n}, where i counts from 0. */
  public static Shard parse(String text) {
    if (!text.matches("\\d{1,6}/\\d{1,6}")) {
      throw new SettingException(
          "--shard " + text + ": expected i/n, as in 0/4 for the first of four.");
    }
    String[] parts = text.split("/", -1);
    Shard shard = new Shard(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    if (shard.index >= shard.count) {
      throw new SettingException(
          "--shard "
              + text
              + ": the shards of "
              + shard.count
              + " are "
              + (shard.count == 0 ? "none" : "0 to " + (shard.count - 1))
              + ".");
    }
    return shard;
  }

  /** Its first of {@code units} units, or the next shard's for {@code index + 1}. */
  private static int border(int index, int count, int units) {
    return (int) ((long) units * index / count);
  }

  /** Its first example, when work goes in batches of {@code batch} of {@code size} examples. */
  int from(int size, int batch) {
    return Math.min(size, border(index, count, batches(size, batch)) * batch);
  }

  /** The end of its examples. */
  int to(int size, int batch) {
    return Math.min(size, border(index + 1, count, batches(size, batch)) * batch);
  }

  /**
   * Shards are whole batches, so that each example is computed in the same company as in one go.
   */
  private static int batches(int size, int batch) {
    return (size + batch - 1) / batch;
  }
}
