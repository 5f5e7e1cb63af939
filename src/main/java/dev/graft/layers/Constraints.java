package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's constraints and their table of names. Source: keras/src/constraints, Keras 3.15. */
public final class Constraints {
  private static final double EPSILON = 1e-7;
  private static final List<String> NAMES =
      List.of("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "RadialConstraint");

  private Constraints() {}

  /** The constraint under {@code key}, or null. */
  public static Constraint read(Config config, String key) {
    if (!config.has(key)) {
      return null;
    }
    Config value = config.get(key);
    Config.Named named = value.named();
    Config c = named.config();
    return switch (named.className()) {
      case "MaxNorm", "max_norm", "maxnorm" -> new MaxNorm(c.number("max_value", 2), axes(c));
      case "MinMaxNorm", "min_max_norm" ->
          new MinMaxNorm(
              c.number("min_value", 0), c.number("max_value", 1), c.number("rate", 1), axes(c));
      case "NonNeg", "non_neg", "nonneg" -> new NonNeg();
      case "UnitNorm", "unit_norm", "unitnorm" -> new UnitNorm(axes(c));
      case "RadialConstraint", "radial_constraint" -> new RadialConstraint();
      default ->
          throw new UnsupportedException(
              value.where()
                  + ": Graft has no constraint '"
                  + named.className()
                  + "'."
                  + Nearest.hint(named.className(), NAMES));
    };
  }

  private static List<Integer> axes(Config c) {
    return c.has("axis") ? Numbers.list(c, "axis") : List.of(0);
  }

  /** What Keras's layer config holds for {@code constraint}, which may be null. */
  public static Object config(Constraint constraint) {
    if (constraint == null) {
      return null;
    }
    return KerasObject.of("keras.constraints", constraint.className(), constraint.config());
  }

  private static Operand<TFloat32> norms(Floats f, Operand<TFloat32> w, List<Integer> axis) {
    int[] axes = axis.stream().mapToInt(Integer::intValue).toArray();
    return f.tf().math.sqrt(f.sum(f.square(w), true, axes));
  }

  /** {@code w} with the lengths {@code desired} in place of {@code norms}. */
  private static Operand<TFloat32> scaled(
      Floats f, Operand<TFloat32> w, Operand<TFloat32> norms, Operand<TFloat32> desired) {
    return f.mul(w, f.div(desired, f.add(norms, EPSILON)));
  }

  /** Scales down what is longer than {@code maxValue} along {@code axis}. */
  record MaxNorm(double maxValue, List<Integer> axis) implements Constraint {
    @Override
    public Operand<TFloat32> project(Ops tf, Operand<TFloat32> w) {
      Floats f = new Floats(tf);
      Operand<TFloat32> norms = norms(f, w, axis);
      return scaled(f, w, norms, f.clip(norms, 0, maxValue));
    }

    @Override
    public Map<String, Object> config() {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("max_value", maxValue);
      config.put("axis", Numbers.single(axis));
      return config;
    }
  }

  /** Moves lengths along {@code axis} into the range, by the share {@code rate} of the way. */
  record MinMaxNorm(double minValue, double maxValue, double rate, List<Integer> axis)
      implements Constraint {
    @Override
    public Operand<TFloat32> project(Ops tf, Operand<TFloat32> w) {
      Floats f = new Floats(tf);
      Operand<TFloat32> norms = norms(f, w, axis);
      Operand<TFloat32> inside = f.mul(f.clip(norms, minValue, maxValue), rate);
      return scaled(f, w, norms, f.add(inside, f.mul(norms, 1 - rate)));
    }

    @Override
    public Map<String, Object> config() {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("min_value", minValue);
      config.put("max_value", maxValue);
      config.put("rate", rate);
      config.put("axis", Numbers.single(axis));
      return config;
    }
  }

  /** Sets what is negative to 0. */
  record NonNeg() implements Constraint {
    @Override
    public Operand<TFloat32> project(Ops tf, Operand<TFloat32> w) {
      return tf.nn.relu(w);
    }

    @Override
    public Map<String, Object> config() {
      return Map.of();
    }
  }

  /** Scales to length 1 along {@code axis}. */
  record UnitNorm(List<Integer> axis) implements Constraint {
    @Override
    public Operand<TFloat32> project(Ops tf, Operand<TFloat32> w) {
      Floats f = new Floats(tf);
      return f.div(w, f.add(norms(f, w, axis), EPSILON));
    }

    @Override
    public Map<String, Object> config() {
      return Map.of("axis", Numbers.single(axis));
    }
  }

  /**
   * Keras 2's RadialConstraint for kernels (rows, columns, channels, filters) with as many rows as
   * columns: one value on each square ring around the centre, taken from the diagonal as
   * tf_keras/src/constraints.py of 2.18 takes it. Keras 3 has it no more.
   */
  record RadialConstraint() implements Constraint {
    @Override
    public Operand<TFloat32> project(Ops tf, Operand<TFloat32> w) {
      long[] shape = w.shape().asArray();
      if (shape.length != 4 || shape[0] != shape[1]) {
        throw new ShapeException(
            "RadialConstraint: expected a kernel (n, n, channels, filters), came "
                + w.shape()
                + ".");
      }
      int n = (int) shape[0];
      int[] from = new int[n * n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          int source = source(n, Math.max(ring(n, i), ring(n, j)));
          from[i * n + j] = source * n + source;
        }
      }
      Operand<TFloat32> flat = tf.reshape(w, tf.constant(new long[] {(long) n * n, -1}));
      return tf.reshape(tf.gather(flat, tf.constant(from), tf.constant(0)), tf.constant(shape));
    }

    /** How many rings from the centre: 0 at the middle, or the two middles. */
    private static int ring(int n, int i) {
      return n % 2 == 1 ? Math.abs(i - n / 2) : i < n / 2 ? n / 2 - 1 - i : i - n / 2;
    }

    /** The place on the diagonal that a ring takes its value from. */
    private static int source(int n, int ring) {
      int start = n / 2;
      if (ring == 0) {
        return Math.max(0, start - 1);
      }
      return n % 2 == 1 ? start + ring - 1 : start + ring;
    }

    @Override
    public Map<String, Object> config() {
      return Map.of();
    }
  }
}
