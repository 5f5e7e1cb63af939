package dev.graft.config;

import java.util.Collection;
import java.util.Locale;

/** The known word nearest to one that was mistyped, by edit distance. */
public final class Nearest {
  private Nearest() {}

  /**
   * A sentence to append to an error: {@code Did you mean 'epochs'?}, or the list of what is known
   * when nothing is near, or nothing when nothing is known.
   */
  public static String hint(String word, Collection<String> known) {
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    if (best != null && least <= Math.max(2, word.length() / 3)) {
      return " Did you mean '" + best + "'?";
    }
    return known.isEmpty()
        ? ""
        : " Known here: " + String.join(", ", known.stream().sorted().limit(40).toList()) + ".";
  }

  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
