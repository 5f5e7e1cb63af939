package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's binary cross-entropy, the mean over the last dimension. When the output comes out of a
 * sigmoid op, the loss is taken of its input. Source: keras/src/backend/tensorflow/nn.py, Keras
 * 3.15.
 *
 * @param labelSmoothing share of the target moved to one half, 0 to 1
 */
public record BinaryCrossentropy(boolean fromLogits, double labelSmoothing) implements Loss {
  @Override
  public String name() {
    return "binary_crossentropy";
  }

  @Override
  public String className() {
    return "BinaryCrossentropy";
  }

  @Override
  public Labels labels() {
    return Labels.BINARY;
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    Operand<TFloat32> each = each(tf, smooth(tf, target, labelSmoothing), output);
    return tf.math.mean(each, tf.constant(output.shape().numDimensions() - 1));
  }

  /** The cross-entropy of each element, of labels that are smoothed already. */
  Operand<TFloat32> each(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    Operand<TFloat32> logits = Logits.of(output, fromLogits);
    return logits == null ? ofProbability(tf, target, output) : ofLogits(tf, target, logits);
  }

  /** {@code target} with a share of it moved to one half. */
  static Operand<TFloat32> smooth(Ops tf, Operand<TFloat32> target, double share) {
    return Crossentropy.smooth(tf, target, share, 2);
  }

  private static Operand<TFloat32> ofProbability(Ops tf, Operand<TFloat32> y, Operand<TFloat32> p) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> held = Logits.clip(tf, p);
    Operand<TFloat32> hit = tf.math.mul(y, tf.math.log(held));
    Operand<TFloat32> missed =
        tf.math.mul(tf.math.sub(one, y), tf.math.log(tf.math.sub(one, held)));
    return tf.math.neg(tf.math.add(hit, missed));
  }

  /** {@code max(x, 0) − x · y + log(1 + exp(−|x|))}, with TensorFlow's gradient at 0. */
  private static Operand<TFloat32> ofLogits(Ops tf, Operand<TFloat32> y, Operand<TFloat32> x) {
    Operand<TFloat32> zero = tf.zerosLike(x);
    Operand<TBool> positive = tf.math.greaterEqual(x, zero);
    Operand<TFloat32> upper = tf.select(positive, x, zero);
    Operand<TFloat32> lower = tf.select(positive, tf.math.neg(x), x);
    return tf.math.add(tf.math.sub(upper, tf.math.mul(x, y)), tf.math.log1p(tf.math.exp(lower)));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("from_logits", fromLogits);
    config.put("label_smoothing", labelSmoothing);
    config.put("axis", -1);
    return config;
  }
}
