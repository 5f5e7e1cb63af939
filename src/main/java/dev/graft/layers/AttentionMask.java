package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;

/** Which keys each query of a MultiHeadAttention may see, (batch, query, key). */
record AttentionMask(Floats f, OpArguments arguments, Integer slidingWindow) {
  /** All of Keras's reasons together; null when there is none. */
  Operand<TBool> mask() {
    Operand<TBool> query = arguments.mask("query");
    Operand<TBool> mask = query == null ? null : f.tf().expandDims(query, f.tf().constant(-1));
    mask = Masks.and(f.tf(), mask, row(arguments.mask("value")));
    if (arguments.has("key")) {
      mask = Masks.and(f.tf(), mask, row(arguments.mask("key")));
    }
    Operand<TInt32> distance = null;
    if (arguments.flag("use_causal_mask") || slidingWindow != null) {
      distance = distance();
    }
    if (arguments.flag("use_causal_mask")) {
      mask = Masks.and(f.tf(), mask, f.tf().math.greaterEqual(distance, f.tf().constant(0)));
    }
    if (slidingWindow != null) {
      Operand<TBool> near =
          f.tf().math.less(f.tf().math.abs(distance), f.tf().constant(slidingWindow));
      mask = Masks.and(f.tf(), mask, near);
    }
    if (arguments.has("attention_mask")) {
      Operand<TBool> given = Masks.of(f.tf(), arguments.tensor("attention_mask"));
      mask = Masks.and(f.tf(), given, mask);
    }
    return mask;
  }

  private Operand<TBool> row(Operand<TBool> mask) {
    return mask == null ? null : f.tf().expandDims(mask, f.tf().constant(-2));
  }

  /** How far a query stands behind a key: (1, query, key). */
  private Operand<TInt32> distance() {
    Operand<TInt32> rows = range("query");
    Operand<TInt32> columns = range("value");
    return f.tf()
        .expandDims(
            f.tf()
                .math
                .sub(
                    f.tf().expandDims(rows, f.tf().constant(1)),
                    f.tf().expandDims(columns, f.tf().constant(0))),
            f.tf().constant(0));
  }

  private Operand<TInt32> range(String name) {
    Extent size = Extent.of(f.tf(), arguments.tensor(name), arguments.spec(name), 1);
    return f.tf().range(f.tf().constant(0), size.scalar(), f.tf().constant(1));
  }
}
