package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/** Keras's constraints and their table of names. */
public final class Constraints {
  private static final float EPSILON = 1e-7f;

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
      case "MaxNorm", "max_norm", "maxnorm" ->
          new MaxNorm(c.number("max_value", 2), c.has("axis") ? axes(c) : List.of(0));
      default ->
          throw new UnsupportedException(
              value.where()
                  + ": Graft has no constraint '"
                  + named.className()
                  + "'."
                  + Nearest.hint(named.className(), List.of("MaxNorm", "max_norm")));
    };
  }

  private static List<Integer> axes(Config c) {
    return java.util.Arrays.stream(c.get("axis").integers()).boxed().toList();
  }

  /** What Keras's layer config holds for {@code constraint}, which may be null. */
  public static Object config(Constraint constraint) {
    if (constraint == null) {
      return null;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("module", "keras.constraints");
    map.put("class_name", constraint.className());
    map.put("config", constraint.config());
    map.put("registered_name", null);
    return map;
  }

  /** Scales down what is longer than {@code maxValue} along {@code axis}. */
  record MaxNorm(double maxValue, List<Integer> axis) implements Constraint {
    @Override
    public Operand<TFloat32> project(Ops tf, Operand<TFloat32> w) {
      int[] axes = axis.stream().mapToInt(Integer::intValue).toArray();
      Operand<TFloat32> norms =
          tf.math.sqrt(
              tf.reduceSum(tf.math.square(w), tf.constant(axes), ReduceSum.keepDims(true)));
      Operand<TFloat32> desired =
          tf.clipByValue(norms, tf.constant(0f), tf.constant((float) maxValue));
      return tf.math.mul(w, tf.math.div(desired, tf.math.add(tf.constant(EPSILON), norms)));
    }

    @Override
    public Map<String, Object> config() {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("max_value", maxValue);
      config.put("axis", axis.size() == 1 ? axis.get(0) : axis);
      return config;
    }
  }
}
