package dev.graft.layers;

import dev.graft.error.ShapeException;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A layer with one float32 input and one float32 output. */
public interface Unary extends Layer {
  /** Shape and type of the output. */
  Spec output(Spec input);

  /** Writes the ops that turn {@code x} into the output. */
  Operand<TFloat32> apply(Call call, Operand<TFloat32> x);

  @Override
  default List<Spec> outputs(List<Spec> inputs) {
    // Keras 3 hands on masks by name, so that they are inputs, too.
    boolean masked = inputs.size() == 2 && inputs.get(1).dtype() == DType.BOOL;
    if (inputs.size() != 1 && !masked) {
      throw new ShapeException(
          className() + ": expected one input, came " + inputs.size() + ": " + inputs + ".");
    }
    return List.of(output(inputs.get(0).as(DType.FLOAT32)));
  }

  @Override
  default List<Value> call(Call call) {
    Operand<TFloat32> y = apply(call, call.x());
    return List.of(new Value(y, keepsMask() ? Masks.given(call) : null));
  }

  /**
   * True when the input's mask goes with the output, as in Keras layers with {@code
   * supports_masking}; the others swallow it.
   */
  default boolean keepsMask() {
    return false;
  }
}
