package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's categorical and sparse categorical cross-entropy.
 *
 * <p>When the output comes out of a softmax or sigmoid op, the loss is taken of its input, as Keras
 * does on TensorFlow; else probabilities are normalised and clipped to [1e-7, 1 − 1e-7]. Source:
 * keras/src/backend/tensorflow/nn.py, Keras 3.15.
 *
 * @param sparse targets are class indices (batch, …, 1) instead of one-hot rows (batch, …, classes)
 * @param labelSmoothing share of the target spread over all classes, 0 to 1; categorical only
 * @param ignoreClass examples of this class do not count, or null; sparse only
 */
public record Crossentropy(
    boolean sparse, boolean fromLogits, double labelSmoothing, Integer ignoreClass)
    implements Loss {
  @Override
  public String name() {
    return sparse ? "sparse_categorical_crossentropy" : "categorical_crossentropy";
  }

  @Override
  public String className() {
    return sparse ? "SparseCategoricalCrossentropy" : "CategoricalCrossentropy";
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
        sparse ? oneHot(tf, target, output) : smooth(tf, target, labelSmoothing, classes);
    Operand<TFloat32> logits = Logits.of(output, fromLogits);
    if (logits == null && !sparse) {
      return tf.math.neg(
          tf.reduceSum(
              tf.math.mul(wanted, tf.math.log(normal(tf, output))), tf.constant(rank - 1)));
    }
    if (logits == null) {
      // Keras hands the sparse case to the softmax kernel as log-probabilities.
      logits = tf.math.log(Logits.clip(tf, output));
    }
    Operand<TFloat32> each = softmaxLoss(tf, wanted, logits, rank, classes);
    Operand<TFloat32> counts = counts(tf, target);
    return counts == null ? each : tf.math.mul(each, counts);
  }

  @Override
  public Operand<TFloat32> counts(Ops tf, Operand<TFloat32> target) {
    if (ignoreClass == null) {
      return null;
    }
    Operand<TFloat32> labels =
        tf.squeeze(target, Squeeze.axis(List.of((long) target.shape().numDimensions() - 1)));
    return tf.dtypes.cast(
        tf.math.notEqual(labels, tf.constant(ignoreClass.floatValue())), TFloat32.class);
  }

  @Override
  public Integer ignored() {
    return ignoreClass;
  }

  /** Probabilities that add up to 1, clipped. */
  static Operand<TFloat32> normal(Ops tf, Operand<TFloat32> p) {
    Operand<TInt32> last = tf.constant(p.shape().numDimensions() - 1);
    return Logits.clip(tf, tf.math.div(p, tf.reduceSum(p, last, ReduceSum.keepDims(true))));
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

  /** Class numbers (batch, …, 1) as rows with a 1 each, in the shape of {@code output}. */
  static Operand<TFloat32> oneHot(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    long classes = output.shape().get(output.shape().numDimensions() - 1);
    Operand<TInt32> index =
        tf.squeeze(
            tf.dtypes.cast(target, TInt32.class),
            Squeeze.axis(List.of((long) target.shape().numDimensions() - 1)));
    return tf.oneHot(index, tf.constant((int) classes), tf.constant(1f), tf.constant(0f));
  }

  /** {@code target} with a share of it spread over all classes. */
  static Operand<TFloat32> smooth(Ops tf, Operand<TFloat32> target, double share, long classes) {
    if (share == 0) {
      return target;
    }
    return tf.math.add(
        tf.math.mul(target, tf.constant((float) (1 - share))),
        tf.constant((float) (share / classes)));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("from_logits", fromLogits);
    if (sparse) {
      config.put("ignore_class", ignoreClass);
    } else {
      config.put("label_smoothing", labelSmoothing);
      config.put("axis", -1);
    }
    return config;
  }
}
