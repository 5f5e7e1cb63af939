package dev.graft.layers;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Min;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Arithmetic on float32 tensors of a graph, in the short words that layers are written in. */
record Floats(Ops tf) {
  static Floats of(Call call) {
    return new Floats(call.tf());
  }

  Operand<TFloat32> constant(double value) {
    return tf.constant((float) value);
  }

  Operand<TInt32> ints(int... values) {
    return tf.constant(values);
  }

  Operand<TFloat32> add(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.add(a, b);
  }

  Operand<TFloat32> add(Operand<TFloat32> a, double b) {
    return tf.math.add(a, constant(b));
  }

  Operand<TFloat32> sub(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.sub(a, b);
  }

  /** {@code a - x} */
  Operand<TFloat32> sub(double a, Operand<TFloat32> x) {
    return tf.math.sub(constant(a), x);
  }

  Operand<TFloat32> mul(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.mul(a, b);
  }

  Operand<TFloat32> mul(Operand<TFloat32> a, double b) {
    return tf.math.mul(a, constant(b));
  }

  Operand<TFloat32> div(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.div(a, b);
  }

  Operand<TFloat32> square(Operand<TFloat32> x) {
    return tf.math.square(x);
  }

  Operand<TFloat32> sum(Operand<TFloat32> x, boolean keep, int... axes) {
    return tf.reduceSum(x, ints(axes), ReduceSum.keepDims(keep));
  }

  Operand<TFloat32> mean(Operand<TFloat32> x, boolean keep, int... axes) {
    return tf.math.mean(x, ints(axes), Mean.keepDims(keep));
  }

  Operand<TFloat32> max(Operand<TFloat32> x, boolean keep, int... axes) {
    return tf.max(x, ints(axes), Max.keepDims(keep));
  }

  Operand<TFloat32> min(Operand<TFloat32> x, boolean keep, int... axes) {
    return tf.min(x, ints(axes), Min.keepDims(keep));
  }

  /**
   * Population variance around {@code mean}, which has kept its dimensions. Not by {@code
   * squaredDifference}, which gives the same bits: TensorFlow takes that with a mean for a layer
   * normalisation, and where it rewrites training, its fused kernel has an epsilon of its own.
   */
  Operand<TFloat32> variance(
      Operand<TFloat32> x, Operand<TFloat32> mean, boolean keep, int... axes) {
    return mean(square(tf.math.sub(x, mean)), keep, axes);
  }

  /** 1 where true, 0 where false. */
  Operand<TFloat32> cast(Operand<TBool> x) {
    return tf.dtypes.cast(x, TFloat32.class);
  }

  /** {@code yes} where {@code condition}, elsewhere {@code no}; all broadcast. */
  Operand<TFloat32> where(Operand<TBool> condition, Operand<TFloat32> yes, Operand<TFloat32> no) {
    return tf.select(condition, yes, no);
  }

  Operand<TFloat32> clip(Operand<TFloat32> x, double low, double high) {
    return tf.math.minimum(tf.math.maximum(x, constant(low)), constant(high));
  }

  Operand<TFloat32> concat(List<Operand<TFloat32>> parts, int axis) {
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(axis));
  }

  Operand<TFloat32> transpose(Operand<TFloat32> x, int... order) {
    return tf.linalg.transpose(x, ints(order));
  }

  Operand<TFloat32> reshape(Operand<TFloat32> x, Extent... sizes) {
    return tf.reshape(x, Extent.shape(tf, sizes));
  }

  Operand<TFloat32> expand(Operand<TFloat32> x, int axis) {
    return tf.expandDims(x, tf.constant(axis));
  }

  Operand<TFloat32> squeeze(Operand<TFloat32> x, int axis) {
    return tf.squeeze(x, org.tensorflow.op.core.Squeeze.axis(List.of((long) axis)));
  }

  /** Elements {@code from, from + step, …} of dimension {@code axis}, up to {@code to}. */
  Operand<TFloat32> slice(Operand<TFloat32> x, int axis, int from, Extent to, int step) {
    int[] begin = new int[axis + 1];
    int[] steps = IntStream.range(0, axis + 1).map(i -> i == axis ? step : 1).toArray();
    begin[axis] = from;
    Extent[] end = new Extent[axis + 1];
    java.util.Arrays.fill(end, Extent.of(tf, 0));
    end[axis] = to;
    long open = (1L << axis) - 1;
    return tf.stridedSlice(
        x,
        ints(begin),
        Extent.vector(tf, end),
        ints(steps),
        StridedSlice.beginMask(open),
        StridedSlice.endMask(open));
  }

  /** Element {@code index} of dimension {@code axis}, which goes away. */
  Operand<TFloat32> at(Operand<TFloat32> x, int axis, int index) {
    int[] begin = new int[axis + 1];
    int[] end = new int[axis + 1];
    begin[axis] = index;
    end[axis] = index + 1;
    long open = (1L << axis) - 1;
    return tf.stridedSlice(
        x,
        ints(begin),
        ints(end),
        ints(IntStream.range(0, axis + 1).map(i -> 1).toArray()),
        StridedSlice.beginMask(open),
        StridedSlice.endMask(open),
        StridedSlice.shrinkAxisMask(1L << axis));
  }

  /** Zeros before and after each dimension; a row (before, after) for each. */
  Operand<TFloat32> pad(Operand<TFloat32> x, Extent[]... pairs) {
    return tf.pad(x, Extent.pairs(tf, pairs), constant(0));
  }

  /** {@code v}, a vector, ready to be combined with {@code rank} dimensions along {@code axis}. */
  Operand<TFloat32> along(Operand<TFloat32> v, int axis, int rank) {
    if (axis == rank - 1) {
      return v;
    }
    int[] shape = IntStream.range(0, rank).map(i -> i == axis ? -1 : 1).toArray();
    return tf.reshape(v, ints(shape));
  }
}
