package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's family of intersection over union, from a confusion matrix. Weights count as they are;
 * Keras 3 cuts them to whole numbers. Source: keras/src/metrics/iou_metrics.py, Keras 3.15.
 *
 * @param className Keras's, such as {@code MeanIoU}
 * @param classes how many
 * @param looked the classes whose mean is reported
 * @param ignored examples of this class do not count, or null
 * @param target how the class of a target is read
 * @param output how the class of an output is read
 * @param threshold from where an output counts as class 1 ({@link Reading#THRESHOLD})
 */
record IntersectionOverUnion(
    String name,
    String className,
    int classes,
    List<Integer> looked,
    Integer ignored,
    Reading target,
    Reading output,
    double threshold)
    implements Metric {
  /** How a class number is read. */
  enum Reading {
    /** It stands there. */
    NUMBER,
    /** The largest of the last dimension. */
    LARGEST,
    /** 1 at or above the threshold. */
    THRESHOLD
  }

  @Override
  public Operand<TFloat32> state(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, Operand<TFloat32> weights) {
    Operand<TInt32> wanted = read(tf, y, target);
    Operand<TInt32> came = read(tf, p, output);
    Operand<TBool> inside = counted(tf, wanted, came);
    Operand<TFloat32> each = tf.dtypes.cast(inside, TFloat32.class);
    if (weights != null) {
      Operand<TFloat32> one = places(tf, y);
      Operand<TFloat32> spread =
          tf.math.mul(tf.onesLike(one), Means.along(tf, weights, one.shape().numDimensions()));
      each = tf.math.mul(each, tf.reshape(spread, tf.constant(new int[] {-1})));
    }
    Operand<TInt32> zero = tf.zerosLike(wanted);
    Operand<TInt32> cell =
        tf.math.add(
            tf.math.mul(tf.select(inside, wanted, zero), tf.constant(classes)),
            tf.select(inside, came, zero));
    return tf.math.unsortedSegmentSum(each, cell, tf.constant(classes * classes));
  }

  /** A tensor with one element for each class number of the target. */
  private Operand<TFloat32> places(Ops tf, Operand<TFloat32> y) {
    return target == Reading.LARGEST
        ? tf.reduceMax(y, tf.constant(y.shape().numDimensions() - 1))
        : y;
  }

  private Operand<TInt32> read(Ops tf, Operand<TFloat32> x, Reading how) {
    Operand<TInt32> number =
        switch (how) {
          case NUMBER -> tf.dtypes.cast(x, TInt32.class);
          case LARGEST ->
              tf.math.argMax(x, tf.constant(x.shape().numDimensions() - 1), TInt32.class);
          case THRESHOLD ->
              tf.dtypes.cast(tf.math.greaterEqual(x, tf.constant((float) threshold)), TInt32.class);
        };
    return tf.reshape(number, tf.constant(new int[] {-1}));
  }

  private Operand<TBool> counted(Ops tf, Operand<TInt32> wanted, Operand<TInt32> came) {
    Operand<TBool> inside = tf.math.logicalAnd(inside(tf, wanted), inside(tf, came));
    return ignored == null
        ? inside
        : tf.math.logicalAnd(inside, tf.math.notEqual(wanted, tf.constant(ignored)));
  }

  private Operand<TBool> inside(Ops tf, Operand<TInt32> number) {
    return tf.math.logicalAnd(
        tf.math.greaterEqual(number, tf.constant(0)), tf.math.less(number, tf.constant(classes)));
  }

  @Override
  public double result(double[] matrix) {
    double sum = 0;
    int valid = 0;
    for (int c : looked) {
      double row = 0;
      double column = 0;
      for (int i = 0; i < classes; i++) {
        row += matrix[c * classes + i];
        column += matrix[i * classes + c];
      }
      double union = row + column - matrix[c * classes + c];
      if (union > 1e-9) {
        sum += matrix[c * classes + c] / (union + Logits.EPSILON);
        valid++;
      }
    }
    return sum / (valid + Logits.EPSILON);
  }

  @Override
  public Boolean higherIsBetter() {
    return true;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (className.equals("BinaryIoU")) {
      config.put("target_class_ids", looked);
      config.put("threshold", threshold);
      return config;
    }
    config.put("num_classes", classes);
    if (!className.contains("Mean")) {
      config.put("target_class_ids", looked);
    }
    config.put("ignore_class", ignored);
    if (!className.startsWith("OneHot")) {
      config.put("sparse_y_true", target == Reading.NUMBER);
    }
    config.put("sparse_y_pred", output == Reading.NUMBER);
    config.put("axis", -1);
    return config;
  }
}
