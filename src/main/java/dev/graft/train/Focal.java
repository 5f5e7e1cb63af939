package dev.graft.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's focal cross-entropies, which count easy examples less. Source:
 * keras/src/losses/losses.py, Keras 3.15.
 *
 * @param binary over single probabilities instead of classes
 * @param balanced whether {@code alpha} weighs the classes; categorical always does
 * @param gamma how much less easy examples count
 */
public record Focal(
    boolean binary,
    boolean balanced,
    double alpha,
    double gamma,
    boolean fromLogits,
    double labelSmoothing)
    implements Loss {
  @Override
  public String name() {
    return binary ? "binary_focal_crossentropy" : "categorical_focal_crossentropy";
  }

  @Override
  public String className() {
    return binary ? "BinaryFocalCrossentropy" : "CategoricalFocalCrossentropy";
  }

  @Override
  public Labels labels() {
    return binary ? Labels.BINARY : Labels.CATEGORICAL;
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    return binary ? ofEach(tf, target, output) : ofClasses(tf, target, output);
  }

  private Operand<TFloat32> ofClasses(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    Operand<TInt32> last = tf.constant(output.shape().numDimensions() - 1);
    long classes = output.shape().get(output.shape().numDimensions() - 1);
    Operand<TFloat32> y = Crossentropy.smooth(tf, target, labelSmoothing, classes);
    Operand<TFloat32> p = Crossentropy.normal(tf, fromLogits ? tf.nn.softmax(output) : output);
    Operand<TFloat32> loss = tf.math.neg(tf.math.mul(y, tf.math.log(p)));
    Operand<TFloat32> factor = tf.math.mul(hard(tf, p), tf.constant((float) alpha));
    return tf.reduceSum(tf.math.mul(factor, loss), last);
  }

  private Operand<TFloat32> ofEach(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> y = BinaryCrossentropy.smooth(tf, target, labelSmoothing);
    Operand<TFloat32> not = tf.math.sub(one, y);
    Operand<TFloat32> p = fromLogits ? tf.math.sigmoid(output) : output;
    Operand<TFloat32> right = tf.math.add(tf.math.mul(y, p), tf.math.mul(not, tf.math.sub(one, p)));
    Operand<TFloat32> loss =
        tf.math.mul(hard(tf, right), new BinaryCrossentropy(false, 0).each(tf, y, p));
    if (balanced) {
      Operand<TFloat32> weight =
          tf.math.add(
              tf.math.mul(y, tf.constant((float) alpha)),
              tf.math.mul(not, tf.constant((float) (1 - alpha))));
      loss = tf.math.mul(weight, loss);
    }
    return tf.math.mean(loss, tf.constant(output.shape().numDimensions() - 1));
  }

  private Operand<TFloat32> hard(Ops tf, Operand<TFloat32> p) {
    return tf.math.pow(tf.math.sub(tf.constant(1f), p), tf.constant((float) gamma));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (binary) {
      config.put("apply_class_balancing", balanced);
    }
    config.put("alpha", alpha);
    config.put("gamma", gamma);
    config.put("from_logits", fromLogits);
    config.put("label_smoothing", labelSmoothing);
    config.put("axis", -1);
    return config;
  }
}
