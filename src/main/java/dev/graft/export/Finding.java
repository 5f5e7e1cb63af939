package dev.graft.export;

import dev.graft.files.NpyArray;
import java.util.Arrays;
import java.util.Locale;

/**
 * One thing that {@link Verification} looked at.
 *
 * @param what the file, and the output or signature in it
 * @param good whether it is as it should be
 * @param detail what was found
 */
public record Finding(String what, boolean good, String detail) {
  /** Other processors round otherwise; through a deep network that adds up to this part of 1. */
  static final double TOLERANCE = 1e-4;

  /** Compares outputs; the difference may be {@code tolerance} of the largest value, or of 1. */
  static Finding compare(String what, NpyArray given, NpyArray expected, double tolerance) {
    if (!Arrays.equals(given.shape(), expected.shape())) {
      return new Finding(
          what,
          false,
          "shape "
              + Arrays.toString(given.shape())
              + ", kept was "
              + Arrays.toString(expected.shape()));
    }
    if (expected.type().isText()) {
      boolean same =
          given.type().isText()
              && Arrays.deepEquals(given.texts().toArray(), expected.texts().toArray());
      return new Finding(what, same, same ? "the same texts" : "other texts");
    }
    double[] now = given.doubles();
    double[] then = expected.doubles();
    double difference = 0;
    double largest = 1;
    for (int i = 0; i < now.length; i++) {
      double off = Math.abs(now[i] - then[i]);
      difference = off <= difference ? difference : off;
      largest = Math.max(largest, Math.abs(then[i]));
    }
    return new Finding(
        what,
        difference <= tolerance * largest,
        String.format(Locale.ROOT, "largest difference %.2e", difference));
  }

  /** For people: {@code saved_model/1 serving_default dense: ok, largest difference 2.98e-08}. */
  @Override
  public String toString() {
    return what + ": " + (good ? "ok" : "WRONG") + ", " + detail;
  }
}
