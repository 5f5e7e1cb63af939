package dev.graft.layers;

import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.Shape;

/**
 * Keras's Orthogonal: the weight, seen as a matrix whose columns are its last dimension, has
 * orthogonal rows or columns of length {@code gain}, drawn evenly from all such matrices. Source:
 * keras/src/initializers/random_initializers.py, Keras 3.15 (Saxe et al., 2013).
 */
record Orthogonal(double gain, Long seed) implements Initializer {
  @Override
  public float[] values(Shape shape, RandomGenerator random) {
    if (shape.numDimensions() < 2) {
      throw new ShapeException(
          "the Orthogonal initializer needs a weight of two dimensions or more, came "
              + shape
              + ".");
    }
    int columns = Math.toIntExact(shape.get(shape.numDimensions() - 1));
    int rows = Math.toIntExact(shape.size() / columns);
    int length = Math.max(rows, columns);
    int count = Math.min(rows, columns);
    float[] draws = Draws.of(Shape.of(count, length), seed, random).normal(0, 1);
    double[][] vectors = new double[count][length];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < length; j++) {
        vectors[i][j] = draws[i * length + j];
      }
    }
    orthonormalise(vectors);
    float[] values = new float[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double value = rows >= columns ? vectors[j][i] : vectors[i][j];
        values[i * columns + j] = (float) (gain * value);
      }
    }
    return values;
  }

  /** Gram and Schmidt's way, twice over, which is exact to the last digits. */
  private static void orthonormalise(double[][] vectors) {
    for (int i = 0; i < vectors.length; i++) {
      double[] v = vectors[i];
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          add(v, vectors[j], -dot(v, vectors[j]));
        }
      }
      double norm = Math.sqrt(dot(v, v));
      for (int k = 0; k < v.length; k++) {
        v[k] /= norm;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  private static void add(double[] to, double[] v, double factor) {
    for (int k = 0; k < to.length; k++) {
      to[k] += factor * v[k];
    }
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("gain", gain);
    config.put("seed", seed);
    return config;
  }
}
