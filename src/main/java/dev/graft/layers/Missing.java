package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;

/** Settings that Keras has and Graft has not. */
final class Missing {
  private Missing() {}

  /** Refuses {@code keys} unless they are absent, null, false or 0, which switch them off. */
  static void refuse(Config c, String... keys) {
    for (String key : keys) {
      if (!c.has(key)) {
        continue;
      }
      Config value = c.get(key);
      boolean off = value.isFlag() ? !value.flag() : value.isNumber() && value.number() == 0;
      if (!off) {
        throw new UnsupportedException(
            c.where(key)
                + ": Graft does not have this setting; it came as "
                + value.plain()
                + ". Build the layer without it.");
      }
    }
  }
}
