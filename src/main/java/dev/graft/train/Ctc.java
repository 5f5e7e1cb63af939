package dev.graft.train;

import dev.graft.error.SettingException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.CtcLoss;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Keras's CTC loss, for sequences of labels that are shorter than the outputs.
 *
 * <p>Outputs (batch, steps, classes) are logits, targets (batch, length) class numbers filled up
 * with 0, which is the blank. TensorFlow's kernel has the blank last and no registered gradient but
 * gives it as its second output. Source: keras/src/losses/losses.py, Keras 3.15.
 */
public record Ctc() implements Loss {
  @Override
  public String name() {
    return "ctc";
  }

  @Override
  public String className() {
    return "CTC";
  }

  @Override
  public Labels labels() {
    return Labels.NUMBERS;
  }

  /** The kernel would take a label out of range for the end of the row. */
  @Override
  public boolean countsOutputs() {
    return true;
  }

  @Override
  public Spec target(Spec output) {
    return new Spec(Shape.of(-1, -1), DType.FLOAT32);
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    int rank = output.shape().numDimensions();
    if (rank != 3 || output.shape().get(1) < 0) {
      throw new SettingException(
          "loss ctc: expected outputs (batch, steps, classes) with a known number of steps, the"
              + " network has "
              + new Spec(output.shape(), DType.FLOAT32)
              + ". Leave out what takes the steps away, such as Flatten.");
    }
    long steps = output.shape().get(1);
    long classes = output.shape().get(2);
    Operand<TFloat32> first = part(tf, output, 0, 1);
    Operand<TFloat32> rest = part(tf, output, 1, classes - 1);
    Operand<TFloat32> blankLast = tf.concat(List.of(rest, first), tf.constant(2));
    Operand<TFloat32> logits = tf.linalg.transpose(blankLast, tf.constant(new int[] {1, 0, 2}));
    Operand<TInt64> places = tf.where(tf.math.notEqual(target, tf.constant(0f)));
    Operand<TInt32> labels =
        tf.math.sub(tf.dtypes.cast(tf.gatherNd(target, places), TInt32.class), tf.constant(1));
    Operand<TInt32> rows =
        tf.slice(tf.shape(output), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    CtcLoss<TFloat32> loss =
        tf.nn.ctcLoss(
            tf.stopGradient(logits), places, labels, tf.fill(rows, tf.constant((int) steps)));
    // Nothing is added to the value, but the gradient of the sum is the kernel's.
    Operand<TFloat32> slope = tf.stopGradient(loss.gradient());
    Operand<TFloat32> none = tf.math.sub(logits, tf.stopGradient(logits));
    return tf.math.add(
        tf.stopGradient(loss.loss()),
        tf.reduceSum(tf.math.mul(slope, none), tf.constant(new int[] {0, 2})));
  }

  @Override
  public String complaint(float[] targets, Shape output) {
    long needed = 0;
    float before = 0;
    for (float label : targets) {
      needed += label == 0 ? 0 : label == before ? 2 : 1;
      before = label;
    }
    return needed <= output.get(1)
        ? null
        : "need "
            + needed
            + " steps (one a label, one more between equal ones), but the network has "
            + output.get(1)
            + ". Shorten the labels, or keep more steps.";
  }

  private static Operand<TFloat32> part(Ops tf, Operand<TFloat32> x, long from, long count) {
    return tf.slice(
        x, tf.constant(new int[] {0, 0, (int) from}), tf.constant(new int[] {-1, -1, (int) count}));
  }

  @Override
  public Map<String, Object> config() {
    return Map.of();
  }
}
