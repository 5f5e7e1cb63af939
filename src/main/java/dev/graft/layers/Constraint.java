package dev.graft.layers;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras constraint: what a weight is projected to after each update. */
public interface Constraint {
  /** Keras's class name, such as {@code MaxNorm}. */
  default String className() {
    return getClass().getSimpleName();
  }

  /** {@code weight}, projected; same shape. */
  Operand<TFloat32> project(Ops tf, Operand<TFloat32> weight);

  /** Keras's {@code get_config()}. */
  Map<String, Object> config();
}
