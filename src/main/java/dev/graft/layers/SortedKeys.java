package dev.graft.layers;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Whole numbers among which others are found by a search, in constants of the graph alone.
 *
 * @param keys rising
 * @param order the place of each in the list that was given
 */
record SortedKeys(long[] keys, int[] order) {
  static SortedKeys of(long... given) {
    int[] order =
        IntStream.range(0, given.length)
            .boxed()
            .sorted((a, b) -> Long.compare(given[a], given[b]))
            .mapToInt(i -> i)
            .toArray();
    return new SortedKeys(Arrays.stream(order).mapToLong(i -> given[i]).toArray(), order);
  }

  /** Where each of {@code x}, of shape (numbers), is among the keys, if it is there. */
  Operand<TInt32> search(Ops tf, Operand<TInt64> x) {
    Operand<TInt32> found =
        tf.lowerBound(tf.constant(new long[][] {keys}), tf.expandDims(x, tf.constant(0)));
    return tf.math.minimum(
        tf.reshape(found, tf.constant(new int[] {-1})), tf.constant(keys.length - 1));
  }

  /** The place in the given list of the keys {@code at}. */
  Operand<TInt64> places(Ops tf, Operand<TInt32> at) {
    long[] places = Arrays.stream(order).asLongStream().toArray();
    return tf.gather(tf.constant(places), at, tf.constant(0));
  }
}
