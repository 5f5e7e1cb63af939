package dev.graft.scale;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What has to be the same on all workers before they may train together.
 *
 * @param entries a checksum or version by what it is of, such as {@code recipe}
 */
public record Passport(Map<String, String> entries) {
  /** Copies; keeps the order. */
  public Passport {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** Says in what {@code other} differs; empty when it does not. */
  Optional<String> against(Passport other) {
    for (Map.Entry<String, String> mine : entries.entrySet()) {
      String its = other.entries.get(mine.getKey());
      if (!mine.getValue().equals(its)) {
        return Optional.of(
            "its "
                + mine.getKey()
                + " differs (worker 0 has "
                + shown(mine.getValue())
                + ", it has "
                + shown(its)
                + ")");
      }
    }
    return Optional.empty();
  }

  /** The beginning of a checksum is enough to tell two apart. */
  private static String shown(String value) {
    int enough = 12;
    return value == null || value.length() <= 2 * enough ? value : value.substring(0, enough) + "…";
  }
}
