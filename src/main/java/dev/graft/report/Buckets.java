package dev.graft.report;

import dev.graft.files.FloatSink;
import java.util.function.Consumer;

/** Equal buckets over a range, as TensorBoard's histograms have them. */
final class Buckets {
  /** {@code tf.summary.histogram}'s default. */
  private static final int COUNT = 30;

  private Buckets() {}

  /**
   * Rows of (left edge, right edge, count) over the finite {@code values}.
   *
   * <p>As {@code tensorboard/plugins/histogram/summary_v2.py}: where all are equal, so are all
   * edges, and the last bucket holds them all; where there are none, everything is 0.
   */
  static double[][] of(Consumer<FloatSink> values) {
    float[] ends = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    values.accept((piece, count) -> widen(ends, piece, count));
    double least = ends[0];
    double most = ends[1];
    double[][] buckets = new double[COUNT][3];
    if (least > most) {
      return buckets;
    }
    double width = (most - least) / COUNT;
    for (int i = 0; i < COUNT; i++) {
      buckets[i][0] = least + width * i;
      buckets[i][1] = i == COUNT - 1 ? most : least + width * (i + 1);
    }
    long[] counts = new long[COUNT];
    values.accept(
        (piece, count) -> {
          for (int i = 0; i < count; i++) {
            float value = piece[i];
            if (Float.isFinite(value)) {
              int at = width == 0 ? COUNT - 1 : (int) ((value - least) / width);
              counts[Math.min(at, COUNT - 1)]++;
            }
          }
        });
    for (int i = 0; i < COUNT; i++) {
      buckets[i][2] = counts[i];
    }
    return buckets;
  }

  private static void widen(float[] ends, float[] piece, int count) {
    float least = ends[0];
    float most = ends[1];
    for (int i = 0; i < count; i++) {
      float value = piece[i];
      if (Float.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    ends[0] = least;
    ends[1] = most;
  }
}
