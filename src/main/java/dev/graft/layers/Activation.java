package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A Keras activation function. */
public interface Activation {
  /** What Keras's config holds: a name, or a serialised object as plain data. */
  Object config();

  /** Writes the ops of the function of {@code x}; same shape. */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x);
}
