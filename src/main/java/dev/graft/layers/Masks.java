package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/** Keras masks: true where an element counts. */
final class Masks {
  private Masks() {}

  /** Input {@code index} of a call as a mask: bool as it is, a number counts when not 0. */
  @SuppressWarnings("unchecked")
  static Operand<TBool> of(Call call, int index) {
    return of(call.tf(), call.inputs().get(index).tensor());
  }

  /** A tensor as a mask: bool as it is, a number counts when not 0. */
  @SuppressWarnings("unchecked")
  static Operand<TBool> of(Ops tf, Operand<?> tensor) {
    if (tensor.type() == TBool.class) {
      return (Operand<TBool>) tensor;
    }
    return tf.dtypes.cast((Operand<? extends TNumber>) tensor, TBool.class);
  }

  /** Both masks; either may be null. */
  static Operand<TBool> and(Ops tf, Operand<TBool> a, Operand<TBool> b) {
    return a == null ? b : b == null ? a : tf.math.logicalAnd(a, b);
  }
}
