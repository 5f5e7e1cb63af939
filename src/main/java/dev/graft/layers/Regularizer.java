package dev.graft.layers;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras regularizer: a scalar added to the loss. */
public interface Regularizer {
  /** Keras's class name, such as {@code L2}. */
  default String className() {
    return getClass().getSimpleName();
  }

  /** The penalty of {@code x}, a scalar. */
  Operand<TFloat32> penalty(Ops tf, Operand<TFloat32> x);

  /** Keras's {@code get_config()}. */
  Map<String, Object> config();
}
