package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's BatchNormalization. Same shape in and out.
 *
 * <p>In training it normalises with the batch's mean and (population) variance and moves the kept
 * statistics towards them: {@code moving = moving · momentum + batch · (1 − momentum)}. Otherwise,
 * and always when frozen, it uses the kept statistics. Source:
 * keras/src/layers/normalization/batch_normalization.py, Keras 3.15. tf_keras 2.18 moves towards
 * the sample variance (n / (n − 1)) on its fused path for 4-dimensional inputs; Graft follows Keras
 * 3.
 */
public record BatchNormalization(
    int axis,
    double momentum,
    double epsilon,
    boolean center,
    boolean scale,
    WeightSettings beta,
    WeightSettings gamma,
    Initializer movingMean,
    Initializer movingVariance)
    implements Unary {
  static BatchNormalization read(Config c) {
    c.ignore("synchronized", "renorm", "fused", "virtual_batch_size");
    int axis = -1;
    if (c.has("axis")) {
      int[] axes = c.get("axis").integers();
      if (axes.length != 1) {
        throw c.get("axis").wrong("one axis");
      }
      axis = axes[0];
    }
    return new BatchNormalization(
        axis,
        c.number("momentum", 0.99),
        c.number("epsilon", 1e-3),
        c.flag("center", true),
        c.flag("scale", true),
        WeightSettings.read(c, "beta", "zeros"),
        WeightSettings.read(c, "gamma", "ones"),
        Initializers.read(c, "moving_mean_initializer", "zeros"),
        Initializers.read(c, "moving_variance_initializer", "ones"));
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    long size = inputs.get(0).known(axis, "BatchNormalization");
    List<Slot> slots = new ArrayList<>();
    if (scale) {
      slots.add(gamma.slot("gamma", size));
    }
    if (center) {
      slots.add(beta.slot("beta", size));
    }
    slots.add(Slot.state("moving_mean", movingMean, size));
    slots.add(Slot.state("moving_variance", movingVariance, size));
    return slots;
  }

  @Override
  public Spec output(Spec input) {
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Ops tf = call.tf();
    Spec in = call.specs().get(0);
    int at = axis < 0 ? in.rank() + axis : axis;
    Operand<TFloat32> mean = call.weight("moving_mean");
    Operand<TFloat32> variance = call.weight("moving_variance");
    if (call.training() && call.trainable()) {
      Operand<TInt32> axes =
          tf.constant(IntStream.range(0, in.rank()).filter(i -> i != at).toArray());
      Operand<TFloat32> batchMean = tf.math.mean(x, axes);
      Operand<TFloat32> wide = tf.math.mean(x, axes, Mean.keepDims(true));
      Operand<TFloat32> batchVariance = tf.math.mean(tf.math.squaredDifference(x, wide), axes);
      move(call, "moving_mean", mean, batchMean);
      move(call, "moving_variance", variance, batchVariance);
      mean = batchMean;
      variance = batchVariance;
    }
    Operand<TFloat32> factor = tf.math.rsqrt(tf.math.add(variance, tf.constant((float) epsilon)));
    if (scale) {
      factor = tf.math.mul(factor, call.weight("gamma"));
    }
    Operand<TFloat32> shift = tf.math.neg(tf.math.mul(mean, factor));
    if (center) {
      shift = tf.math.add(shift, call.weight("beta"));
    }
    return tf.math.add(tf.math.mul(x, along(tf, factor, in, at)), along(tf, shift, in, at));
  }

  private void move(Call call, String slot, Operand<TFloat32> kept, Operand<TFloat32> batch) {
    Ops tf = call.tf();
    call.update(
        slot,
        tf.math.add(
            tf.math.mul(kept, tf.constant((float) momentum)),
            tf.math.mul(batch, tf.constant((float) (1 - momentum)))));
  }

  private static Operand<TFloat32> along(Ops tf, Operand<TFloat32> v, Spec in, int at) {
    if (at == in.rank() - 1) {
      return v;
    }
    long[] shape = new long[in.rank()];
    java.util.Arrays.fill(shape, 1);
    shape[at] = -1;
    return tf.reshape(v, tf.constant(shape));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("axis", axis);
    config.put("momentum", momentum);
    config.put("epsilon", epsilon);
    config.put("center", center);
    config.put("scale", scale);
    config.put("beta_initializer", Initializers.config(beta.initializer()));
    config.put("gamma_initializer", Initializers.config(gamma.initializer()));
    config.put("moving_mean_initializer", Initializers.config(movingMean));
    config.put("moving_variance_initializer", Initializers.config(movingVariance));
    config.put("beta_regularizer", Regularizers.config(beta.regularizer()));
    config.put("gamma_regularizer", Regularizers.config(gamma.regularizer()));
    config.put("beta_constraint", Constraints.config(beta.constraint()));
    config.put("gamma_constraint", Constraints.config(gamma.constraint()));
    config.put("synchronized", false);
    return config;
  }
}
