package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Keras's OrthogonalRegularizer: {@code factor} times the mean size of the cosine between two rows,
 * or columns, of a matrix. Source: keras/src/regularizers/regularizers.py, Keras 3.15.
 */
record Orthogonality(double factor, boolean rows) implements Regularizer {
  private static final double MOST = 1e7;

  static Orthogonality read(Config c) {
    String mode = c.string("mode", "rows");
    if (!mode.equals("rows") && !mode.equals("columns")) {
      throw c.get("mode").wrong("rows or columns");
    }
    return new Orthogonality(c.number("factor", 0.01), mode.equals("rows"));
  }

  @Override
  public String className() {
    return "OrthogonalRegularizer";
  }

  @Override
  public Operand<TFloat32> penalty(Ops tf, Operand<TFloat32> x) {
    if (x.shape().numDimensions() != 2) {
      throw new ShapeException(
          "OrthogonalRegularizer: expected a matrix, came the shape " + x.shape() + ".");
    }
    Floats f = new Floats(tf);
    long size = x.shape().get(rows ? 0 : 1);
    Operand<TFloat32> squares = f.sum(f.square(x), true, rows ? 1 : 0);
    Operand<TFloat32> unit = f.mul(x, tf.math.minimum(tf.math.rsqrt(squares), f.constant(MOST)));
    Operand<TFloat32> product =
        tf.linalg.matMul(unit, unit, MatMul.transposeA(!rows), MatMul.transposeB(rows));
    Operand<TFloat32> others = f.mul(product, tf.constant(offDiagonal((int) size)));
    double pairs = size * (size - 1.0) / 2;
    return f.mul(f.sum(tf.math.abs(others), false, 0, 1), factor * 0.5 / pairs);
  }

  private static float[][] offDiagonal(int size) {
    float[][] ones = new float[size][size];
    for (int i = 0; i < size; i++) {
      java.util.Arrays.fill(ones[i], 1);
      ones[i][i] = 0;
    }
    return ones;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("factor", factor);
    config.put("mode", rows ? "rows" : "columns");
    return config;
  }
}
