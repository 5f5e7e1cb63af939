package dev.graft.train;

import dev.graft.network.RowReads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The gradients of the rows that were read of one weight, one for each read, and how they add up.
 * Source: keras/src/backend/tensorflow/sparse.py, Keras 3.15.
 */
final class RowGradient {
  private final Ops tf;
  private final Operand<TInt32> count;
  private final List<Part> parts = new ArrayList<>();

  /** Gradients (n, …) of the rows at {@code places} (n). */
  private record Part(Operand<TFloat32> values, Operand<? extends TNumber> places) {}

  /**
   * Adds the ops to the graph.
   *
   * @param weight the weight's shape
   * @param reads where rows are read
   * @param gradients of what each read gives, in order
   * @param most the largest that an element may be ({@code clipvalue}), or null
   */
  RowGradient(
      Ops tf, Shape weight, RowReads reads, List<Operand<TFloat32>> gradients, Double most) {
    this.tf = tf;
    long[] shape = weight.asArray();
    count = tf.constant((int) shape[0]);
    int[] row = Arrays.stream(shape).mapToInt(n -> (int) n).toArray();
    row[0] = -1;
    for (int i = 0; i < gradients.size(); i++) {
      parts.add(
          new Part(
              tf.reshape(gradients.get(i), tf.constant(row)),
              tf.reshape(reads.reads().get(i).places(), tf.constant(new int[] {-1}))));
    }
    if (most != null) {
      Operand<TFloat32> high = tf.constant(most.floatValue());
      UnaryOperator<Operand<TFloat32>> clip = g -> tf.clipByValue(g, tf.math.neg(high), high);
      parts.replaceAll(part -> new Part(clip.apply(part.values()), part.places()));
    }
  }

  /** What {@code each} makes of the gradients, added up, in the shape of the weight. */
  Operand<TFloat32> sum(UnaryOperator<Operand<TFloat32>> each) {
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (Part part : parts) {
      sums.add(tf.math.unsortedSegmentSum(each.apply(part.values()), part.places(), count));
    }
    return sums.size() == 1 ? sums.get(0) : tf.math.addN(sums);
  }
}
