package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A Keras loss that is a formula over targets and outputs of the same shape.
 *
 * @param settings what Keras's config has of it
 * @see Distances
 */
public record Distance(
    String name, String className, Labels labels, Map<String, Object> settings, Formula formula)
    implements Loss {
  /** Gives (batch, …) without the last dimension, of {@code y} wanted and {@code p} put out. */
  @FunctionalInterface
  public interface Formula {
    /** Writes the ops. */
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> y, Operand<TFloat32> p);
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    return formula.of(tf, target, output);
  }

  @Override
  public Map<String, Object> config() {
    return new LinkedHashMap<>(settings);
  }
}
