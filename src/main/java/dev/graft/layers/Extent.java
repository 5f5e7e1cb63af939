package dev.graft.layers;

import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A size that is known when the graph is written, or only when it runs.
 *
 * @param known the size, or -1
 * @param op the size as a scalar in the graph; null when known
 */
record Extent(Ops tf, long known, Operand<TInt32> op) {
  /** A known size. */
  static Extent of(Ops tf, long size) {
    return new Extent(tf, size, null);
  }

  /** The size of dimension {@code axis} (from 0) of {@code x}, whose static shape is {@code in}. */
  static Extent of(Ops tf, Operand<?> x, Spec in, int axis) {
    long size = in.size(axis);
    return size >= 0
        ? of(tf, size)
        : new Extent(tf, -1, tf.gather(tf.shape(x), tf.constant(axis), tf.constant(0)));
  }

  /** All sizes of {@code x}. */
  static Extent[] all(Ops tf, Operand<?> x, Spec in) {
    Extent[] sizes = new Extent[in.rank()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = of(tf, x, in, i);
    }
    return sizes;
  }

  boolean isKnown() {
    return op == null;
  }

  /** The size as a scalar in the graph. */
  Operand<TInt32> scalar() {
    return isKnown() ? tf.constant(Math.toIntExact(known)) : op;
  }

  Extent plus(Extent other) {
    return isKnown() && other.isKnown()
        ? of(tf, known + other.known)
        : later(tf.math.add(scalar(), other.scalar()));
  }

  Extent plus(long other) {
    return other == 0 ? this : plus(of(tf, other));
  }

  Extent minus(Extent other) {
    return isKnown() && other.isKnown()
        ? of(tf, known - other.known)
        : later(tf.math.sub(scalar(), other.scalar()));
  }

  Extent times(long other) {
    return isKnown()
        ? of(tf, known * other)
        : other == 1 ? this : later(tf.math.mul(op, tf.constant((int) other)));
  }

  Extent times(Extent other) {
    return isKnown() && other.isKnown()
        ? of(tf, known * other.known)
        : later(tf.math.mul(scalar(), other.scalar()));
  }

  /** This divided by {@code other}, rounded down. */
  Extent over(long other) {
    return isKnown()
        ? of(tf, Math.floorDiv(known, other))
        : other == 1 ? this : later(tf.math.floorDiv(op, tf.constant((int) other)));
  }

  /** This or 0, whichever is more. */
  Extent orZero() {
    return isKnown() ? of(tf, Math.max(0, known)) : later(tf.math.maximum(op, tf.constant(0)));
  }

  /** What is missing to a multiple of {@code block}. */
  Extent upTo(long block) {
    return isKnown()
        ? of(tf, Math.floorMod(-known, block))
        : later(tf.math.floorMod(tf.math.neg(op), tf.constant((int) block)));
  }

  private Extent later(Operand<TInt32> value) {
    return new Extent(tf, -1, value);
  }

  /** {@code places} from 0 to {@code last}; others become {@code last}. */
  static Operand<TInt64> within(Ops tf, Operand<TInt64> places, long last) {
    Operand<TBool> there =
        tf.math.logicalAnd(
            tf.math.greaterEqual(places, tf.constant(0L)), tf.math.less(places, tf.constant(last)));
    return tf.select(there, places, tf.math.add(tf.zerosLike(places), tf.constant(last)));
  }

  /** These sizes as one vector. */
  static Operand<TInt32> vector(Ops tf, Extent... sizes) {
    if (Arrays.stream(sizes).allMatch(Extent::isKnown)) {
      return tf.constant(
          Arrays.stream(sizes).mapToInt(size -> Math.toIntExact(size.known)).toArray());
    }
    return tf.stack(Arrays.stream(sizes).map(Extent::scalar).toList());
  }

  /** The shape with these sizes, for a reshape; one size that is not known is left to the op. */
  static Operand<TInt32> shape(Ops tf, Extent... sizes) {
    if (Arrays.stream(sizes).filter(size -> !size.isKnown()).count() > 1) {
      return vector(tf, sizes);
    }
    return tf.constant(
        Arrays.stream(sizes)
            .mapToInt(size -> size.isKnown() ? Math.toIntExact(size.known) : -1)
            .toArray());
  }

  /** A matrix of two columns: a row (before, after) for each pair. */
  static Operand<TInt32> pairs(Ops tf, Extent[]... pairs) {
    if (Arrays.stream(pairs).flatMap(Arrays::stream).allMatch(Extent::isKnown)) {
      return tf.constant(
          Arrays.stream(pairs)
              .map(pair -> new int[] {(int) pair[0].known, (int) pair[1].known})
              .toArray(int[][]::new));
    }
    return tf.stack(Arrays.stream(pairs).map(pair -> vector(tf, pair)).toList());
  }
}
