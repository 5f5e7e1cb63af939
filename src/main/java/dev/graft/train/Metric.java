package dev.graft.train;

import dev.graft.layers.Spec;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A Keras metric: a vector that adds up over batches, and what is reported of the sum.
 *
 * <p>Sums are kept in double precision, Keras's in float32: figures agree to about six digits.
 */
public interface Metric {
  /** The name it is logged under. */
  String name();

  /** Keras's class name. */
  String className();

  /**
   * What one batch adds, as a vector.
   *
   * @param target (batch, …)
   * @param output of the network, (batch, …)
   * @param weights (batch) or null
   */
  Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> output, Operand<TFloat32> weights);

  /** What targets it wants for an output; said where those there are do not go with it. */
  default Spec target(Spec outputs) {
    return outputs;
  }

  /**
   * What is appended to its name for each of several figures; by default there is one, under the
   * name alone.
   *
   * @param sum as for {@link #result}
   */
  default Map<String, Double> figures(double[] sum) {
    return Map.of("", result(sum));
  }

  /** The value reported, of the vectors of all batches so far added up. */
  double result(double[] sum);

  /** Whether more of it is better; null when that cannot be said. */
  Boolean higherIsBetter();

  /** Keras's {@code get_config()}, without name and dtype. */
  Map<String, Object> config();
}
