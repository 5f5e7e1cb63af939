package dev.graft.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's overlap losses for segmentation, Dice and Tversky, of all elements together or along some
 * dimensions. Source: keras/src/losses/losses.py, Keras 3.15.
 *
 * @param dice {@code 2 · overlap / (sizes)}, which has no alpha and beta
 * @param alpha weight of what was missed
 * @param beta weight of what was too much
 * @param axis dimensions that are summed over, or null for all
 */
public record Tversky(boolean dice, double alpha, double beta, List<Integer> axis) implements Loss {
  @Override
  public String name() {
    return dice ? "dice" : "tversky";
  }

  @Override
  public String className() {
    return dice ? "Dice" : "Tversky";
  }

  @Override
  public Labels labels() {
    return Labels.NUMBERS;
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> y, Operand<TFloat32> p) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> least = tf.constant(Logits.EPSILON);
    Operand<TFloat32> both = sum(tf, tf.math.mul(y, p));
    Operand<TFloat32> share;
    if (dice) {
      Operand<TFloat32> sizes = tf.math.add(tf.math.add(sum(tf, y), sum(tf, p)), least);
      share = tf.math.div(tf.math.mul(tf.constant(2f), both), sizes);
    } else {
      Operand<TFloat32> missed = sum(tf, tf.math.mul(tf.math.sub(one, p), y));
      Operand<TFloat32> extra = sum(tf, tf.math.mul(p, tf.math.sub(one, y)));
      Operand<TFloat32> rest =
          tf.math.add(
              tf.math.mul(missed, tf.constant((float) alpha)),
              tf.math.mul(extra, tf.constant((float) beta)));
      share = tf.math.div(both, tf.math.add(tf.math.add(both, rest), least));
    }
    return tf.math.sub(one, share);
  }

  private Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
    int rank = x.shape().numDimensions();
    int[] all = IntStream.range(0, rank).toArray();
    int[] axes =
        axis == null
            ? all
            : Arrays.stream(axis.stream().mapToInt(Integer::intValue).toArray())
                .map(a -> a < 0 ? rank + a : a)
                .toArray();
    Operand<TInt32> over = tf.constant(axes);
    return tf.reduceSum(x, over);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (!dice) {
      config.put("alpha", alpha);
      config.put("beta", beta);
    }
    config.put("axis", axis);
    return config;
  }
}
