package dev.graft.model;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The names Keras gives layers by itself: {@code dense}, {@code dense_1}, {@code max_pooling2d}.
 */
public final class KerasNames {
  private final Set<String> taken;

  /** Names that do not collide with {@code taken}. */
  public KerasNames(Collection<String> taken) {
    this.taken = new HashSet<>(taken);
  }

  /** The next free name for a layer of class {@code className}; it is taken from then on. */
  public String next(String className) {
    String stem = snakeCase(className);
    String name = stem;
    for (int i = 1; !taken.add(name); i++) {
      name = stem + "_" + i;
    }
    return name;
  }

  /**
   * A class name in snake case. Source: {@code to_snake_case}, keras/src/utils/naming.py, Keras
   * 3.15.
   */
  public static String snakeCase(String className) {
    return className
        .replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
