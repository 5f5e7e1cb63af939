package dev.graft.report;

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
  static double[][] of(float[] values) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      if (Float.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    double[][] buckets = new double[COUNT][3];
    if (least > most) {
      return buckets;
    }
    double width = (most - least) / COUNT;
    for (int i = 0; i < COUNT; i++) {
      buckets[i][0] = least + width * i;
      buckets[i][1] = i == COUNT - 1 ? most : least + width * (i + 1);
    }
    for (float value : values) {
      if (Float.isFinite(value)) {
        int at = width == 0 ? COUNT - 1 : (int) ((value - least) / width);
        buckets[Math.min(at, COUNT - 1)][2]++;
      }
    }
    return buckets;
  }
}
