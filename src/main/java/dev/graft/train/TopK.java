package dev.graft.train;

import dev.graft.layers.Spec;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's top-k accuracies: the share of examples whose class is among the {@code k} surest.
 *
 * @param sparse targets are class numbers
 */
public record TopK(String name, boolean sparse, int k) implements Metric {
  @Override
  public String className() {
    return sparse ? "SparseTopKCategoricalAccuracy" : "TopKCategoricalAccuracy";
  }

  @Override
  public Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> output, Operand<TFloat32> weights) {
    int rank = output.shape().numDimensions();
    long classes = output.shape().get(rank - 1);
    Operand<TInt32> wanted =
        sparse
            ? tf.dtypes.cast(target, TInt32.class)
            : tf.math.argMax(target, tf.constant(rank - 1), TInt32.class);
    Operand<TInt32> flat = tf.reshape(wanted, tf.constant(new int[] {-1}));
    Operand<TFloat32> rows = tf.reshape(output, tf.constant(new long[] {-1, classes}));
    Operand<TFloat32> hits =
        tf.dtypes.cast(tf.nn.inTopK(rows, flat, tf.constant(k)), TFloat32.class);
    if (rank == 2) {
      return Means.state(tf, hits, weights);
    }
    Operand<TInt32> outer =
        tf.slice(tf.shape(output), tf.constant(new int[] {0}), tf.constant(new int[] {rank - 1}));
    return Means.state(tf, tf.reshape(hits, outer), weights);
  }

  @Override
  public Spec target(Spec outputs) {
    return sparse ? outputs.withLast(1) : outputs;
  }

  @Override
  public double result(double[] sum) {
    return Means.result(sum);
  }

  @Override
  public Boolean higherIsBetter() {
    return true;
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("k", k);
  }
}
