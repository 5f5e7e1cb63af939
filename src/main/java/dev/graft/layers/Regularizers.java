package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's regularizers and their table of names. */
public final class Regularizers {
  private static final Set<String> NAMES =
      Set.of(
          "L1",
          "L2",
          "L1L2",
          "l1",
          "l2",
          "l1_l2",
          "OrthogonalRegularizer",
          "orthogonal_regularizer");

  private Regularizers() {}

  /** The regularizer under {@code key}, or null. */
  public static Regularizer read(Config config, String key) {
    if (!config.has(key)) {
      return null;
    }
    Config value = config.get(key);
    Config.Named named = value.named();
    Config c = named.config();
    return switch (named.className()) {
      case "L1", "l1" -> new Penalty("L1", c.number("l1", 0.01), 0);
      case "L2", "l2" -> new Penalty("L2", 0, c.number("l2", 0.01));
      case "L1L2", "l1l2" -> new Penalty("L1L2", c.number("l1", 0), c.number("l2", 0));
      // Keras 2's function has other defaults than the class.
      case "l1_l2" -> new Penalty("L1L2", c.number("l1", 0.01), c.number("l2", 0.01));
      case "OrthogonalRegularizer", "orthogonal_regularizer" -> Orthogonality.read(c);
      default ->
          throw new UnsupportedException(
              value.where()
                  + ": Graft has no regularizer '"
                  + named.className()
                  + "'."
                  + Nearest.hint(named.className(), NAMES));
    };
  }

  /** What Keras's layer config holds for {@code regularizer}, which may be null. */
  public static Object config(Regularizer regularizer) {
    if (regularizer == null) {
      return null;
    }
    return KerasObject.of("keras.regularizers", regularizer.className(), regularizer.config());
  }

  /**
   * Adds the penalty of a layer's output to the loss, divided by the batch size, as Keras does;
   * {@code regularizer} may be null.
   */
  public static void activity(Call call, Regularizer regularizer, Operand<TFloat32> y) {
    if (regularizer == null) {
      return;
    }
    Ops tf = call.tf();
    Operand<TFloat32> batch =
        tf.dtypes.cast(tf.gather(tf.shape(y), tf.constant(0), tf.constant(0)), TFloat32.class);
    call.addLoss(tf.math.div(regularizer.penalty(tf, y), batch));
  }

  /** Keras's L1, L2 and L1L2: {@code l1 · Σ|x| + l2 · Σx²}. */
  record Penalty(String className, double l1, double l2) implements Regularizer {
    @Override
    public Operand<TFloat32> penalty(Ops tf, Operand<TFloat32> x) {
      Operand<TFloat32> all = tf.reshape(x, tf.constant(new int[] {-1}));
      Operand<TFloat32> sum = tf.constant(0f);
      if (l1 != 0) {
        sum =
            tf.math.add(
                sum,
                tf.math.mul(
                    tf.constant((float) l1), tf.reduceSum(tf.math.abs(all), tf.constant(0))));
      }
      if (l2 != 0) {
        // One op has half the sum of squares, and its gradient is one product.
        sum = tf.math.add(sum, tf.math.mul(tf.constant((float) (2 * l2)), tf.nn.l2Loss(x)));
      }
      return sum;
    }

    @Override
    public Map<String, Object> config() {
      Map<String, Object> config = new LinkedHashMap<>();
      if (!className.equals("L2")) {
        config.put("l1", l1);
      }
      if (!className.equals("L1")) {
        config.put("l2", l2);
      }
      return config;
    }
  }
}
