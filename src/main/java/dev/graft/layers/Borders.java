package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is put at, or cut off, the two ends of each spatial dimension; a row (before, after) for
 * each.
 */
record Borders(List<List<Integer>> rows) {
  Borders {
    rows = rows.stream().map(List::copyOf).toList();
  }

  /**
   * Keras's three ways of writing it: one number, one number a dimension, or a pair a dimension. In
   * one dimension a list of two is the pair itself.
   */
  static Borders read(Config config, String key, int rank, int absent) {
    List<List<Integer>> rows = new ArrayList<>();
    if (!config.has(key)) {
      for (int i = 0; i < rank; i++) {
        rows.add(List.of(absent, absent));
      }
      return new Borders(rows);
    }
    Config value = config.get(key);
    if (value.isNumber() || (rank == 1 && !value.items().get(0).isList())) {
      List<Integer> sizes = Numbers.counts(config, key, rank == 1 ? 2 : rank);
      for (int i = 0; i < rank; i++) {
        rows.add(rank == 1 ? sizes : List.of(sizes.get(i), sizes.get(i)));
      }
      return new Borders(rows);
    }
    if (value.items().size() != rank) {
      throw value.wrong("one entry for each of " + rank + " dimensions");
    }
    for (Config item : value.items()) {
      int[] pair = item.integers();
      int before = pair[0];
      int after = pair[pair.length - 1];
      if (pair.length > 2 || before < 0 || after < 0) {
        throw item.wrong("two whole numbers of at least 0");
      }
      rows.add(List.of(before, after));
    }
    return new Borders(rows);
  }

  int before(int i) {
    return rows.get(i).get(0);
  }

  int after(int i) {
    return rows.get(i).get(1);
  }

  /** As Keras's config has it. */
  Object config() {
    return Numbers.single(rows);
  }
}
