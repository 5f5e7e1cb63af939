package dev.graft.report;

import dev.graft.files.FloatSink;
import dev.graft.layers.WeightStore;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
  static double[][] of(WeightStore.Values values) {
    List<Ends> ends = parts(Ends::new);
    values.read(List.copyOf(ends));
    double least = ends.stream().mapToDouble(part -> part.least).min().orElseThrow();
    double most = ends.stream().mapToDouble(part -> part.most).max().orElseThrow();
    double[][] buckets = new double[COUNT][3];
    if (least > most) {
      return buckets;
    }
    double width = (most - least) / COUNT;
    for (int i = 0; i < COUNT; i++) {
      buckets[i][0] = least + width * i;
      buckets[i][1] = i == COUNT - 1 ? most : least + width * (i + 1);
    }
    List<Counts> counts = parts(() -> new Counts(least, width, new long[COUNT]));
    values.read(List.copyOf(counts));
    for (int i = 0; i < COUNT; i++) {
      int bucket = i;
      buckets[i][2] = counts.stream().mapToLong(part -> part.counts[bucket]).sum();
    }
    return buckets;
  }

  private static <T> List<T> parts(Supplier<T> part) {
    return Stream.generate(part).limit(Runtime.getRuntime().availableProcessors()).toList();
  }

  /** The least and the most of some values. */
  private static final class Ends implements FloatSink {
    private float least = Float.POSITIVE_INFINITY;
    private float most = Float.NEGATIVE_INFINITY;

    @Override
    public void accept(float[] piece, int count) {
      float low = least;
      float high = most;
      for (int i = 0; i < count; i++) {
        float value = piece[i];
        if (Float.isFinite(value)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      least = low;
      most = high;
    }
  }

  /** How many of some values are in each bucket. */
  private record Counts(double least, double width, long[] counts) implements FloatSink {
    @Override
    public void accept(float[] piece, int count) {
      for (int i = 0; i < count; i++) {
        float value = piece[i];
        if (Float.isFinite(value)) {
          int at = width == 0 ? COUNT - 1 : (int) ((value - least) / width);
          counts[Math.min(at, COUNT - 1)]++;
        }
      }
    }
  }
}
