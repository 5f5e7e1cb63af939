package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's BatchNormalization. Same shape in and out.
 *
 * <p>In training it normalises with the batch's mean and (population) variance and moves the kept
 * statistics towards them: {@code moving = moving · momentum + batch · (1 − momentum)}. Otherwise,
 * and always when frozen, it uses the kept statistics. Source:
 * keras/src/layers/normalization/batch_normalization.py, Keras 3.15.
 *
 * @param sampleVariance moves towards the sample variance, n / (n − 1) times as large, for inputs
 *     of 4 and 5 dimensions, as Keras 2 does; the setting {@code sample_variance}, which Keras has
 *     not, false by default
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
    Initializer movingVariance,
    boolean sampleVariance)
    implements SameShape {
  static BatchNormalization read(Config c) {
    c.ignore("synchronized", "fused", "renorm_clipping", "renorm_momentum");
    Missing.refuse(c, "renorm", "virtual_batch_size");
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
        Initializers.read(c, "moving_variance_initializer", "ones"),
        c.flag("sample_variance", false));
  }

  /** The same, moving towards the sample variance or the population variance. */
  public BatchNormalization withSampleVariance(boolean sample) {
    return new BatchNormalization(
        axis, momentum, epsilon, center, scale, beta, gamma, movingMean, movingVariance, sample);
  }

  /**
   * The layer moving towards the sample variance or not, where it is a BatchNormalization; models
   * inside models included.
   */
  public static Layer movingLike(Layer layer, boolean sample) {
    if (layer instanceof Nested nested) {
      return new Nested(nested.model().map(e -> e.with(movingLike(e.layer(), sample))));
    }
    return layer instanceof BatchNormalization norm ? norm.withSampleVariance(sample) : layer;
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    int rank = inputs.get(0).rank();
    if (axis < -rank || axis >= rank) {
      throw new ShapeException(
          "BatchNormalization: axis " + axis + " is none of " + inputs.get(0) + ".");
    }
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
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Spec in = call.specs().get(0);
    int at = axis < 0 ? in.rank() + axis : axis;
    boolean learns = call.training() && call.trainable();
    boolean masked = learns && Masks.given(call) != null;
    return in.rank() == 4 && at == 3 && !masked
        ? fused(call, x, learns)
        : composed(call, x, at, learns);
  }

  /** TensorFlow's own kernel, for pictures with channels last. */
  private Operand<TFloat32> fused(Call call, Operand<TFloat32> x, boolean learns) {
    Floats f = Floats.of(call);
    Operand<TFloat32> kept = call.weight("moving_mean");
    Operand<TFloat32> keptVariance = call.weight("moving_variance");
    Operand<TFloat32> ones = scale ? call.weight("gamma") : f.tf().onesLike(kept);
    Operand<TFloat32> zeros = center ? call.weight("beta") : f.tf().zerosLike(kept);
    Operand<TFloat32> none = f.tf().constant(new float[0]);
    FusedBatchNorm<TFloat32, TFloat32> norm =
        f.tf()
            .nn
            .fusedBatchNorm(
                x,
                ones,
                zeros,
                learns ? none : kept,
                learns ? none : keptVariance,
                FusedBatchNorm.epsilon((float) epsilon),
                FusedBatchNorm.isTraining(learns));
    if (learns) {
      move(call, "moving_mean", kept, norm.batchMean());
      Operand<TFloat32> variance = norm.batchVariance();
      if (!sampleVariance) {
        Operand<TFloat32> n = count(f, x);
        variance = f.mul(variance, f.div(f.add(n, -1), n));
      }
      move(call, "moving_variance", keptVariance, variance);
    }
    return norm.y();
  }

  /** The number of values behind each statistic, for channels last. */
  private static Operand<TFloat32> count(Floats f, Operand<TFloat32> x) {
    Operand<TInt32> sizes = f.tf().slice(f.tf().shape(x), f.ints(0), f.ints(3));
    return f.tf().dtypes.cast(f.tf().reduceProd(sizes, f.ints(0)), TFloat32.class);
  }

  private Operand<TFloat32> composed(Call call, Operand<TFloat32> x, int at, boolean learns) {
    Floats f = Floats.of(call);
    int rank = call.specs().get(0).rank();
    Operand<TFloat32> mean = call.weight("moving_mean");
    Operand<TFloat32> variance = call.weight("moving_variance");
    if (learns) {
      int[] axes = IntStream.range(0, rank).filter(i -> i != at).toArray();
      Moments batch = Moments.of(f, x, Masks.given(call), axes);
      move(call, "moving_mean", mean, batch.mean());
      Operand<TFloat32> seen = batch.variance();
      // Keras 2 takes its fused path, with n / (n - 1), for pictures and volumes only.
      if (sampleVariance && rank > 3) {
        Operand<TFloat32> one = f.add(f.tf().zerosLike(x), 1);
        Operand<TFloat32> n = f.sum(one, false, axes);
        seen = f.mul(seen, f.div(n, f.tf().math.maximum(f.add(n, -1), f.constant(1))));
      }
      move(call, "moving_variance", variance, seen);
      mean = batch.mean();
      variance = batch.variance();
    }
    Operand<TFloat32> factor = f.tf().math.rsqrt(f.add(variance, epsilon));
    if (scale) {
      factor = f.mul(factor, call.weight("gamma"));
    }
    Operand<TFloat32> shift = f.tf().math.neg(f.mul(mean, factor));
    if (center) {
      shift = f.add(shift, call.weight("beta"));
    }
    return f.add(f.mul(x, f.along(factor, at, rank)), f.along(shift, at, rank));
  }

  private void move(Call call, String slot, Operand<TFloat32> kept, Operand<TFloat32> batch) {
    Floats f = Floats.of(call);
    call.update(slot, f.add(f.mul(kept, momentum), f.mul(batch, 1 - momentum)));
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
    if (sampleVariance) {
      config.put("sample_variance", true);
    }
    return config;
  }
}
