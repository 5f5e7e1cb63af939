package dev.graft.train;

import dev.graft.error.SettingException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Circle loss: brings embeddings of one class together and holds those of others apart.
 *
 * <p>Outputs (batch, size) are normalised embeddings (end the network in a UnitNormalization),
 * targets (batch, 1) class numbers of any range. Source: keras/src/losses/losses.py, Keras 3.15.
 *
 * @param gamma scale of the similarities
 * @param margin by which a pair may be off
 * @param removeDiagonal an example is no pair with itself
 */
public record Circle(double gamma, double margin, boolean removeDiagonal) implements Loss {
  @Override
  public String name() {
    return "circle";
  }

  @Override
  public String className() {
    return "Circle";
  }

  @Override
  public Labels labels() {
    return Labels.SPARSE;
  }

  @Override
  public boolean countsOutputs() {
    return false;
  }

  @Override
  public Spec target(Spec output) {
    return output.withLast(1);
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    if (output.shape().numDimensions() != 2) {
      throw new SettingException(
          "loss circle: expected outputs (batch, size), the network has "
              + new Spec(output.shape(), DType.FLOAT32)
              + ". End it in a Flatten and a UnitNormalization.");
    }
    Operand<TFloat32> similar = tf.linalg.matMul(output, output, MatMul.transposeB(true));
    Operand<TFloat32> far = tf.math.maximum(tf.math.sub(tf.constant(1f), similar), tf.constant(0f));
    Operand<TBool> same =
        tf.math.equal(target, tf.linalg.transpose(target, tf.constant(new int[] {1, 0})));
    Operand<TBool> other = tf.math.logicalNot(same);
    if (removeDiagonal) {
      // Column numbers of a matrix differ from its row numbers everywhere but on the diagonal.
      Operand<TFloat32> ones = tf.onesLike(far);
      Operand<TFloat32> rows = tf.math.cumsum(ones, tf.constant(0));
      Operand<TFloat32> columns = tf.math.cumsum(ones, tf.constant(1));
      same = tf.math.logicalAnd(same, tf.math.notEqual(rows, columns));
    }
    Operand<TFloat32> near = tf.dtypes.cast(same, TFloat32.class);
    Operand<TFloat32> apart = tf.dtypes.cast(other, TFloat32.class);
    Operand<TFloat32> zero = tf.constant(0f);
    Operand<TFloat32> pull =
        tf.math.maximum(tf.math.mul(tf.math.add(far, number(tf, margin)), near), zero);
    Operand<TFloat32> push =
        tf.math.maximum(tf.math.mul(tf.math.sub(number(tf, 1 + margin), far), apart), zero);
    Operand<TFloat32> p =
        tf.math.mul(tf.math.mul(number(tf, -gamma), pull), tf.math.sub(number(tf, margin), far));
    Operand<TFloat32> n =
        tf.math.mul(tf.math.mul(number(tf, gamma), push), tf.math.sub(number(tf, 1 - margin), far));
    return tf.math.softplus(tf.math.add(logSumExp(tf, same, p), logSumExp(tf, other, n)));
  }

  /** As in Keras, an example without a pair that is off does not count. */
  @Override
  public Operand<TFloat32> counts(Ops tf, Operand<TFloat32> target, Operand<TFloat32> each) {
    return tf.dtypes.cast(tf.math.greater(each, tf.constant(0f)), TFloat32.class);
  }

  private static Operand<TFloat32> number(Ops tf, double value) {
    return tf.constant((float) value);
  }

  /** Along the rows, of the values where {@code counted}; minus infinity where none is. */
  private static Operand<TFloat32> logSumExp(
      Ops tf, Operand<TBool> counted, Operand<TFloat32> values) {
    Operand<TFloat32> none = tf.fill(tf.shape(values), tf.constant(Float.NEGATIVE_INFINITY));
    Operand<TFloat32> kept = tf.select(counted, values, none);
    Operand<TFloat32> most =
        tf.stopGradient(
            tf.reduceMax(kept, tf.constant(1), org.tensorflow.op.core.ReduceMax.keepDims(true)));
    Operand<TBool> finite = tf.math.isFinite(most);
    Operand<TFloat32> shift = tf.select(finite, most, tf.zerosLike(most));
    Operand<TFloat32> sum = tf.reduceSum(tf.math.exp(tf.math.sub(kept, shift)), tf.constant(1));
    return tf.math.add(tf.math.log(sum), tf.reshape(shift, tf.constant(new int[] {-1})));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("gamma", gamma);
    config.put("margin", margin);
    config.put("remove_diagonal", removeDiagonal);
    return config;
  }
}
