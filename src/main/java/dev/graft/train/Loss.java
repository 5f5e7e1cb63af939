package dev.graft.train;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A Keras loss function. */
public interface Loss {
  /** Keras's function name, such as {@code categorical_crossentropy}. */
  String name();

  /**
   * The loss of each example.
   *
   * @param target (batch, …): one-hot or numbers; class indices as float32 for sparse losses
   * @param output of the network, (batch, …)
   * @return (batch, …) without the last dimension
   */
  Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output);

  /** Keras's {@code get_config()}, without name and reduction. */
  Map<String, Object> config();

  /** What labels it wants. */
  Labels labels();

  /** How labels reach a loss. */
  enum Labels {
    CATEGORICAL,
    SPARSE,
    BINARY,
    NUMBERS
  }
}
