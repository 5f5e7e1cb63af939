package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Sizes along the spatial dimensions, as Keras takes them: one number for all, or a list. */
public final class Numbers {
  private Numbers() {}

  /** The {@code count} sizes under {@code key}; a single number stands for all of them. */
  public static List<Integer> sizes(Config config, String key, int count, Integer absent) {
    if (!config.has(key) && absent != null) {
      return Collections.nCopies(count, absent);
    }
    Config value = config.get(key);
    int[] sizes = value.integers();
    if (!value.isList()) {
      return Collections.nCopies(count, sizes[0]);
    }
    if (sizes.length != count || Arrays.stream(sizes).anyMatch(n -> n < 1)) {
      throw value.wrong(count + " whole numbers of at least 1");
    }
    return Arrays.stream(sizes).boxed().toList();
  }
}
