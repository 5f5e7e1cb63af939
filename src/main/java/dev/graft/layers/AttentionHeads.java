package dev.graft.layers;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * The Einstein sums of multi-head attention over tensors (batch, …, heads, features).
 *
 * @param rank of the layer's inputs (batch, …, features)
 * @param axes that attention runs over
 * @param explicit Keras's path with explicit scores, on which rows without anything to see give 0;
 *     on its other path, for inputs of rank 3, they see everything alike
 */
record AttentionHeads(Floats f, int rank, List<Integer> axes, boolean explicit) {
  private static final double HIDDEN = -1e9;
  private static final double FUSED_HIDDEN = 3.38953e38 * -0.7;

  /** Letters of the query, (batch, …, heads, features). */
  private String target() {
    return letters('a', rank + 1);
  }

  /** Letters of key and value: attended axes have letters of their own. */
  private String source() {
    StringBuilder source = new StringBuilder(target());
    char next = (char) ('a' + rank + 1);
    for (int i = 0; i <= rank; i++) {
      if (axes.contains(i)) {
        source.setCharAt(i, next++);
      }
    }
    return source.toString();
  }

  private static String letters(char from, int count) {
    StringBuilder letters = new StringBuilder();
    IntStream.range(0, count).forEach(i -> letters.append((char) (from + i)));
    return letters.toString();
  }

  /** (batch…, heads, query axes, key axes). */
  private String product() {
    StringBuilder product = new StringBuilder();
    for (int i = 0; i < rank; i++) {
      if (!axes.contains(i)) {
        product.append(target().charAt(i));
      }
    }
    axes.forEach(axis -> product.append(target().charAt(axis)));
    axes.forEach(axis -> product.append(source().charAt(axis)));
    return product.toString();
  }

  /** How much each query sees of each key; {@code mask} (batch, query, key) may be null. */
  Operand<TFloat32> weights(Operand<TFloat32> query, Operand<TFloat32> key, Operand<TBool> mask) {
    Operand<TFloat32> scores =
        f.tf().linalg.einsum(List.of(key, query), source() + "," + target() + "->" + product());
    int width = product().length();
    Operand<TBool> wide = mask == null ? null : forHeads(mask);
    boolean fused = !explicit && rank == 3;
    if (wide != null) {
      Operand<TFloat32> low = f.constant(fused ? FUSED_HIDDEN : HIDDEN);
      scores = f.where(wide, scores, low);
    }
    int[] over = IntStream.range(width - axes.size(), width).toArray();
    Operand<TFloat32> weights = softmax(scores, over);
    return wide == null || fused ? weights : f.where(wide, weights, f.constant(0));
  }

  /** A mask (batch, query, key) with a dimension of 1 for the heads. */
  Operand<TBool> forHeads(Operand<TBool> mask) {
    Operand<TBool> wide = mask;
    for (int i = mask.shape().numDimensions(); i < product().length(); i++) {
      wide = f.tf().expandDims(wide, f.tf().constant(-2 * axes.size() - 1));
    }
    return wide;
  }

  private Operand<TFloat32> softmax(Operand<TFloat32> scores, int... over) {
    if (over.length == 1) {
      return f.tf().nn.softmax(scores);
    }
    Operand<TFloat32> top = f.tf().stopGradient(f.max(scores, true, over));
    Operand<TFloat32> e = f.tf().math.exp(f.sub(scores, top));
    return f.div(e, f.sum(e, true, over));
  }

  /** What the queries see, (batch, …, heads, features). */
  Operand<TFloat32> combine(Operand<TFloat32> weights, Operand<TFloat32> value) {
    return f.tf()
        .linalg
        .einsum(List.of(weights, value), product() + "," + source() + "->" + target());
  }
}
