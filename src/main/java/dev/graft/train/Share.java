package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.error.SettingException;
import dev.graft.runtime.Settings;
import dev.graft.scale.Workers;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * What one worker's examples contribute to a step over the examples of all workers, as ops: summed
 * over the workers, contributions are what one process has for the whole batch.
 *
 * <p>A worker whose part of a small batch is empty runs on an example of another's with a share of
 * 0, since all have to take part in every sum.
 */
final class Share {
  /** One process that sees the whole batch: everything is what it is. */
  static final Share WHOLE = new Share(Workers.ALONE, null, null);

  private final Workers workers;

  /** This worker's part of the batch, fed: its examples over all. */
  private final Operand<TFloat32> part;

  /** How many workers wish to stop after this step, as far as this one goes: 0 or 1, fed. */
  private final Operand<TFloat32> wish;

  private Share(Workers workers, Operand<TFloat32> part, Operand<TFloat32> wish) {
    this.workers = workers;
    this.part = part;
    this.wish = wish;
  }

  /** Adds what is fed to the graph, where there are several workers. */
  static Share of(Workers workers, Ops tf) {
    return workers.several()
        ? new Share(workers, scalar(tf, Shape.scalar()), scalar(tf, Shape.of(1)))
        : WHOLE;
  }

  private static Operand<TFloat32> scalar(Ops tf, Shape shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(shape));
  }

  /** True when there are others. */
  boolean several() {
    return workers.several();
  }

  /** A sum over this worker's examples. */
  Operand<TFloat32> ofSum(Ops tf, Operand<TFloat32> sum) {
    return several() ? tf.math.mul(sum, tf.math.sign(part)) : sum;
  }

  /** A mean over this worker's examples. */
  Operand<TFloat32> ofMean(Ops tf, Operand<TFloat32> mean) {
    return several() ? tf.math.mul(mean, part) : mean;
  }

  /** What does not depend on examples. */
  Operand<TFloat32> ofPenalty(Ops tf, Operand<TFloat32> penalty) {
    return several() ? tf.math.div(penalty, tf.constant((float) workers.count())) : penalty;
  }

  /** A count over the examples of all workers. */
  Operand<TFloat32> whole(Ops tf, Operand<TFloat32> count) {
    return several() ? workers.sum(tf, ofSum(tf, count)) : count;
  }

  /** The sum of all workers' contributions, the same bits on each. */
  Operand<TFloat32> total(Ops tf, Operand<TFloat32> contribution) {
    return workers.sum(tf, contribution);
  }

  /**
   * Contributions to what a step reports, with the wishes to stop as one more number at the end;
   * summed.
   */
  Operand<TFloat32> report(Ops tf, Operand<TFloat32> report) {
    return several() ? workers.sum(tf, tf.concat(List.of(report, wish), tf.constant(0))) : report;
  }

  /** {@code value} where {@code sound} is true; else nothing that needs it is done. */
  static Operand<TFloat32> where(Ops tf, Operand<TBool> sound, Operand<TFloat32> value) {
    return tf.switchCond(value, sound).outputTrue();
  }

  /** Feeds this worker's part of a batch, and whether it wishes to stop. */
  void feed(Session.Runner runner, Tensor partValue, Tensor wishValue) {
    if (several()) {
      runner.feed(part, partValue).feed(wish, wishValue);
    }
  }

  /**
   * True when training is to stop after the step of {@code report}: since any worker wishes it, or
   * since {@code own}, asked after the step, does where nobody else has to know.
   */
  boolean wished(float[] report, BooleanSupplier own) {
    return several() ? report[report.length - 1] > 0 : own.getAsBoolean();
  }

  /** Refuses a loss whose values, of this shape, are not of single examples. */
  void check(Loss loss, Shape values) {
    if (several() && (values.numDimensions() == 0 || values.get(0) >= 0)) {
      throw new SettingException(
          "the loss '"
              + loss.name()
              + "' is one of all examples of a batch together, which no one of several workers"
              + " sees. Train without --workers, or take another loss.");
    }
  }

  /**
   * Refuses what a batch that is shared out does not give.
   *
   * @param where names the stage
   */
  void check(String where, Examples examples, Settings settings) {
    if (several() && examples.mixed()) {
      throw new SettingException(
          where
              + ": mixup and cutmix mix the examples of a whole batch, which no one of several"
              + " workers sees. Train without --workers, or leave them out.");
    }
    if (several() && settings.precision() != Settings.Precision.FLOAT32) {
      throw new SettingException(
          where + ": several workers train in float32 only. Leave --precision out.");
    }
  }
}
