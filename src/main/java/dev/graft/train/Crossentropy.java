package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's categorical and sparse categorical cross-entropy.
 *
 * <p>When the output comes out of a softmax op, the loss is taken of its input, as Keras does on
 * TensorFlow; else probabilities are normalised and clipped to [1e-7, 1 − 1e-7]. Source:
 * keras/src/backend/tensorflow/nn.py, Keras 3.15.
 *
 * @param sparse targets are class indices (batch, 1) instead of one-hot rows (batch, classes)
 * @param labelSmoothing share of the target spread over all classes, 0 to 1; categorical only
 */
public record Crossentropy(boolean sparse, boolean fromLogits, double labelSmoothing)
    implements Loss {
  private static final float EPSILON = 1e-7f;

  @Override
  public String name() {
    return sparse ? "sparse_categorical_crossentropy" : "categorical_crossentropy";
  }

  @Override
  public Labels labels() {
    return sparse ? Labels.SPARSE : Labels.CATEGORICAL;
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    int rank = output.shape().numDimensions();
    long classes = output.shape().get(rank - 1);
    Operand<TFloat32> wanted =
        sparse ? oneHot(tf, target, classes, rank) : smooth(tf, target, classes);
    Operand<TFloat32> logits = fromLogits ? output : logitsOf(output);
    if (logits == null) {
      Operand<TFloat32> p =
          sparse
              ? output
              : tf.math.div(
                  output, tf.reduceSum(output, tf.constant(rank - 1), ReduceSum.keepDims(true)));
      p = tf.clipByValue(p, tf.constant(EPSILON), tf.constant(1 - EPSILON));
      if (!sparse) {
        return tf.math.neg(
            tf.reduceSum(tf.math.mul(wanted, tf.math.log(p)), tf.constant(rank - 1)));
      }
      // Keras hands the sparse case to the softmax kernel as log-probabilities.
      logits = tf.math.log(p);
    }
    return softmaxLoss(tf, wanted, logits, rank, classes);
  }

  private static Operand<TFloat32> softmaxLoss(
      Ops tf, Operand<TFloat32> wanted, Operand<TFloat32> logits, int rank, long classes) {
    if (rank == 2) {
      return tf.nn.softmaxCrossEntropyWithLogits(logits, wanted).loss();
    }
    Operand<TInt32> rows = tf.constant(new int[] {-1, (int) classes});
    Operand<TFloat32> flat =
        tf.nn
            .softmaxCrossEntropyWithLogits(tf.reshape(logits, rows), tf.reshape(wanted, rows))
            .loss();
    Operand<TInt32> all = tf.shape(logits);
    return tf.reshape(
        flat, tf.slice(all, tf.constant(new int[] {0}), tf.constant(new int[] {rank - 1})));
  }

  private static Operand<TFloat32> oneHot(
      Ops tf, Operand<TFloat32> target, long classes, int rank) {
    Operand<TInt32> index = tf.dtypes.cast(target, TInt32.class);
    if (target.shape().numDimensions() == rank) {
      index =
          tf.squeeze(
              index, org.tensorflow.op.core.Squeeze.axis(java.util.List.of((long) rank - 1)));
    }
    return tf.oneHot(index, tf.constant((int) classes), tf.constant(1f), tf.constant(0f));
  }

  private Operand<TFloat32> smooth(Ops tf, Operand<TFloat32> target, long classes) {
    if (labelSmoothing == 0) {
      return target;
    }
    return tf.math.add(
        tf.math.mul(target, tf.constant((float) (1 - labelSmoothing))),
        tf.constant((float) (labelSmoothing / classes)));
  }

  /** The input of the softmax that {@code output} comes out of, or null. */
  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> logitsOf(Operand<TFloat32> output) {
    if (output.op() instanceof GraphOperation op && op.type().equals("Softmax")) {
      return (Output<TFloat32>) op.input(0);
    }
    return null;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("from_logits", fromLogits);
    if (!sparse) {
      config.put("label_smoothing", labelSmoothing);
      config.put("axis", -1);
    }
    return config;
  }
}
