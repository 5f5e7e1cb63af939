package dev.graft.advise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How well a linear classifier tells classes apart: ridge regression on one-hot targets,
 * cross-validated, so that every example is judged by a classifier that has not seen it.
 *
 * <p>The strength of the penalty is the one with the least squared error on held-out examples, not
 * the one with the most hits, so that choosing it does not flatter the accuracy.
 */
final class Probe {
  private static final int FOLDS = 10;
  private static final double[] PENALTIES = {1e-3, 1e-2, 1e-1, 1, 10};

  private final int classes;
  private final int[] labels;
  private final int[] folds;

  /**
   * A probe of examples with these labels.
   *
   * @param classes how many there are
   */
  Probe(int[] labels, int classes, long seed) {
    this.labels = labels.clone();
    this.classes = classes;
    this.folds = folds(labels, classes, new SplittableRandom(seed));
  }

  /** Deals each class out evenly. */
  private static int[] folds(int[] labels, int classes, SplittableRandom random) {
    int[] folds = new int[labels.length];
    int next = 0;
    for (int c = 0; c < classes; c++) {
      List<Integer> rows = new ArrayList<>();
      for (int row = 0; row < labels.length; row++) {
        if (labels[row] == c) {
          rows.add(row);
        }
      }
      java.util.Collections.shuffle(rows, new java.util.Random(random.nextLong()));
      for (int row : rows) {
        folds[row] = next++ % FOLDS;
      }
    }
    return folds;
  }

  /**
   * The share of held-out examples whose class is told right.
   *
   * @param features a row an example
   */
  double accuracy(float[][] features) {
    double[][] gram = gram(standardized(features));
    double least = Double.POSITIVE_INFINITY;
    double accuracy = 0;
    for (double penalty : PENALTIES) {
      double[][] scores = heldOut(gram, penalty);
      double error = error(scores);
      if (error < least) {
        least = error;
        accuracy = hits(scores);
      }
    }
    return accuracy;
  }

  /** Every feature with mean 0 and variance 1; one that never changes becomes 0. */
  private static float[][] standardized(float[][] features) {
    int width = features[0].length;
    float[][] all = new float[features.length][width];
    for (int k = 0; k < width; k++) {
      double sum = 0;
      double squares = 0;
      for (float[] row : features) {
        sum += row[k];
        squares += (double) row[k] * row[k];
      }
      double mean = sum / features.length;
      double deviation = Math.sqrt(Math.max(0, squares / features.length - mean * mean));
      for (int i = 0; i < features.length; i++) {
        all[i][k] = deviation < 1e-8 ? 0 : (float) ((features[i][k] - mean) / deviation);
      }
    }
    return all;
  }

  /** Inner products of all pairs, divided by the number of features. */
  private static double[][] gram(float[][] rows) {
    double[][] gram = new double[rows.length][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = 0; k < rows[i].length; k++) {
          sum += rows[i][k] * rows[j][k];
        }
        gram[i][j] = sum / rows[i].length;
        gram[j][i] = gram[i][j];
      }
    }
    return gram;
  }

  /** What the classifier of the other folds says of each example. */
  private double[][] heldOut(double[][] gram, double penalty) {
    double[][] scores = new double[labels.length][];
    for (int fold = 0; fold < FOLDS; fold++) {
      int[] in = rows(fold, false);
      int[] out = rows(fold, true);
      if (out.length == 0) {
        continue;
      }
      double[] shares = new double[classes];
      Arrays.stream(in).forEach(row -> shares[labels[row]] += 1.0 / in.length);
      double[][] weights = solve(gram, in, shares, penalty);
      for (int row : out) {
        double[] said = shares.clone();
        for (int i = 0; i < in.length; i++) {
          for (int c = 0; c < classes; c++) {
            said[c] += gram[row][in[i]] * weights[i][c];
          }
        }
        scores[row] = said;
      }
    }
    return scores;
  }

  private int[] rows(int fold, boolean held) {
    int[] rows = new int[labels.length];
    int count = 0;
    for (int row = 0; row < labels.length; row++) {
      if ((folds[row] == fold) == held) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** Solves (K + penalty) w = y by Cholesky's factors; y is one-hot less the shares. */
  private double[][] solve(double[][] gram, int[] in, double[] shares, double penalty) {
    int n = in.length;
    double[][] factor = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = gram[in[i]][in[j]] + (i == j ? penalty : 0);
        for (int k = 0; k < j; k++) {
          sum -= factor[i][k] * factor[j][k];
        }
        factor[i][j] = i == j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / factor[j][j];
      }
    }
    double[][] w = new double[n][classes];
    for (int c = 0; c < classes; c++) {
      for (int i = 0; i < n; i++) {
        double sum = (labels[in[i]] == c ? 1 : 0) - shares[c];
        for (int k = 0; k < i; k++) {
          sum -= factor[i][k] * w[k][c];
        }
        w[i][c] = sum / factor[i][i];
      }
      for (int i = n - 1; i >= 0; i--) {
        double sum = w[i][c];
        for (int k = i + 1; k < n; k++) {
          sum -= factor[k][i] * w[k][c];
        }
        w[i][c] = sum / factor[i][i];
      }
    }
    return w;
  }

  private double error(double[][] scores) {
    double sum = 0;
    for (int row = 0; row < scores.length; row++) {
      for (int c = 0; c < classes; c++) {
        double off = scores[row][c] - (labels[row] == c ? 1 : 0);
        sum += off * off;
      }
    }
    return sum;
  }

  private double hits(double[][] scores) {
    int hits = 0;
    for (int row = 0; row < scores.length; row++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = scores[row][c] > scores[row][best] ? c : best;
      }
      hits += best == labels[row] ? 1 : 0;
    }
    return (double) hits / scores.length;
  }
}
