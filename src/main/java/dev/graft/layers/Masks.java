package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Keras masks: true where an element counts. */
final class Masks {
  private Masks() {}

  /** Input {@code index} of a call as a mask: bool as it is, a number counts when not 0. */
  static Operand<TBool> of(Call call, int index) {
    return of(call.tf(), call.inputs().get(index).tensor());
  }

  /** A tensor as a mask: bool as it is, a number counts when not 0. */
  @SuppressWarnings("unchecked")
  static Operand<TBool> of(Ops tf, Operand<?> tensor) {
    if (tensor.type() == TBool.class) {
      return (Operand<TBool>) tensor;
    }
    return tf.dtypes.cast(tensor, TBool.class);
  }

  /**
   * The mask of a call: the keyword {@code mask} if it names an input, none if it is null, else the
   * first input's.
   */
  static Operand<TBool> given(Call call) {
    if (call.arguments().get("mask") instanceof Use.Input input) {
      return of(call, input.index());
    }
    return call.arguments().containsKey("mask") ? null : call.inputs().get(0).mask();
  }

  /**
   * The mask that goes on with what a layer over steps gives: that of the sequence, also where the
   * layer itself looked at none.
   */
  static Operand<TBool> onward(Call call) {
    Operand<TBool> own = call.inputs().get(0).mask();
    return own == null ? given(call) : own;
  }

  /** True when input {@code index} is there as the keyword {@code mask}. */
  static boolean isMask(Call call, int index) {
    return call.arguments().get("mask") instanceof Use.Input input && input.index() == index;
  }

  /** (1, rows, columns) of {@code scores} (…, rows, columns): no row sees a later column. */
  static Operand<TBool> causal(Floats f, Operand<TFloat32> scores) {
    Operand<TInt32> sizes = f.tf().shape(scores);
    int rank = scores.shape().numDimensions();
    Operand<TInt32> rows = range(f, sizes, rank - 2);
    Operand<TInt32> columns = range(f, sizes, rank - 1);
    Operand<TBool> mask =
        f.tf()
            .math
            .greaterEqual(
                f.tf().expandDims(rows, f.tf().constant(1)),
                f.tf().expandDims(columns, f.tf().constant(0)));
    return f.tf().expandDims(mask, f.tf().constant(0));
  }

  private static Operand<TInt32> range(Floats f, Operand<TInt32> sizes, int axis) {
    Operand<TInt32> size = f.tf().gather(sizes, f.tf().constant(axis), f.tf().constant(0));
    return f.tf().range(f.tf().constant(0), size, f.tf().constant(1));
  }

  /** Both masks; either may be null. */
  static Operand<TBool> and(Ops tf, Operand<TBool> a, Operand<TBool> b) {
    return a == null ? b : b == null ? a : tf.math.logicalAnd(a, b);
  }
}
