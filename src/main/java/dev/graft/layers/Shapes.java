package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Reshape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** Reshaping where some sizes are known only when the graph runs. */
public final class Shapes {
  private Shapes() {}

  /**
   * {@code y} in the shape {@code target}, whose unknown sizes are those of {@code like}, at the
   * same dimensions.
   */
  public static <T extends TType> Reshape<T> reshape(
      Ops tf, Operand<T> y, Operand<TFloat32> like, Spec target) {
    int unknown = 0;
    long[] sizes = target.shape().asArray();
    for (long size : sizes) {
      unknown += size < 0 ? 1 : 0;
    }
    if (unknown <= 1) {
      return tf.reshape(y, tf.constant(sizes));
    }
    Operand<TInt64> dynamic = tf.shape(like, TInt64.class);
    java.util.List<Operand<TInt64>> parts = new java.util.ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      parts.add(
          sizes[i] >= 0
              ? tf.constant(sizes[i])
              : tf.gather(dynamic, tf.constant(i), tf.constant(0)));
    }
    return tf.reshape(y, tf.stack(parts));
  }
}
