package dev.graft.scale;

import dev.graft.error.SettingException;
import java.time.Duration;

/**
 * How long workers wait for each other.
 *
 * @param join for all to come, and where one has to wait for another between steps: while that one
 *     computes features, scores or exports
 * @param step for one training step, and for a sign of life
 */
public record Patience(Duration join, Duration step) {
  private static final Duration LEAST = Duration.ofSeconds(1);

  /** What is waited where nothing is said. */
  public static final Patience USUAL = new Patience(Duration.ofMinutes(10), Duration.ofMinutes(1));

  /** Checks that no wait is shorter than a second. */
  public Patience {
    if (join.compareTo(LEAST) < 0 || step.compareTo(LEAST) < 0) {
      throw new SettingException(
          "--join-timeout and --step-timeout: expected at least 1s, came "
              + text(join)
              + " and "
              + text(step)
              + ".");
    }
  }

  /** As a person would write it: 90s, 5m. */
  static String text(Duration time) {
    long seconds = time.toSeconds();
    return seconds > 0 && seconds % 60 == 0
        ? seconds / 60 + "m"
        : time.toMillis() % 1000 == 0 ? seconds + "s" : time.toMillis() + "ms";
  }
}
