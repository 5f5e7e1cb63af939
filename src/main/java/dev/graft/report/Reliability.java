package dev.graft.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model's probabilities are worth, for one class or label against the rest.
 *
 * @param falseShare share of the others that are taken for it, at falling thresholds, from 0 to 1
 * @param trueShare share of it that is found, at the same thresholds
 * @param area under the ROC curve; NaN when one side has no examples
 * @param bins of predicted probability that hold examples
 * @param error expected calibration error: the mean distance of both, over examples
 */
record Reliability(
    double[] falseShare, double[] trueShare, double area, List<Bin> bins, double error) {
  private static final int BINS = 10;

  /** Examples of like probability: what was said of them on average, and how many are it. */
  record Bin(double said, double is, int count) {}

  /** Of column {@code column} of {@code said}; examples without a finite value are left out. */
  static Reliability of(Predictions said, int column) {
    List<Integer> rows =
        IntStream.range(0, said.size())
            .boxed()
            .filter(row -> Float.isFinite(said.value(row, column)))
            .sorted(Comparator.comparing((Integer row) -> -said.value(row, column)))
            .toList();
    long positives = rows.stream().filter(row -> said.target(row, column) > 0.5f).count();
    long negatives = rows.size() - positives;
    List<double[]> points = new ArrayList<>(List.of(new double[2]));
    double area = 0;
    long found = 0;
    long wrong = 0;
    for (int i = 0; i < rows.size(); i++) {
      boolean is = said.target(rows.get(i), column) > 0.5f;
      found += is ? 1 : 0;
      wrong += is ? 0 : 1;
      boolean tie =
          i + 1 < rows.size()
              && said.value(rows.get(i), column) == said.value(rows.get(i + 1), column);
      if (!tie) {
        double[] last = points.get(points.size() - 1);
        double[] next = {share(wrong, negatives), share(found, positives)};
        area += (next[0] - last[0]) * (next[1] + last[1]) / 2;
        points.add(next);
      }
    }
    return new Reliability(
        points.stream().mapToDouble(p -> p[0]).toArray(),
        points.stream().mapToDouble(p -> p[1]).toArray(),
        positives == 0 || negatives == 0 ? Double.NaN : area,
        bins(said, column, rows),
        error(bins(said, column, rows), rows.size()));
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private static List<Bin> bins(Predictions said, int column, List<Integer> rows) {
    double[] sums = new double[BINS];
    int[] counts = new int[BINS];
    int[] is = new int[BINS];
    for (int row : rows) {
      int bin = (int) Math.max(0, Math.min(BINS - 1.0, said.value(row, column) * BINS));
      sums[bin] += said.value(row, column);
      counts[bin]++;
      is[bin] += said.target(row, column) > 0.5f ? 1 : 0;
    }
    return IntStream.range(0, BINS)
        .filter(b -> counts[b] > 0)
        .mapToObj(b -> new Bin(sums[b] / counts[b], (double) is[b] / counts[b], counts[b]))
        .toList();
  }

  private static double error(List<Bin> bins, int count) {
    double sum = bins.stream().mapToDouble(b -> b.count() * Math.abs(b.said() - b.is())).sum();
    return count == 0 ? Double.NaN : sum / count;
  }
}
