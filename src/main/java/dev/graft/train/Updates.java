package dev.graft.train;

import dev.graft.layers.Constraint;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.network.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The ops that change the weights, in Keras's order: clip, decay, apply the rule, average,
 * overwrite by the average, project by the constraint.
 */
final class Updates {
  private final Stage stage;
  private final Ops tf;
  private final Scalars scalars;
  private final Slots slots;
  private final Operand<TFloat32> number;
  private final Map<String, Model.Variable> weights = new HashMap<>();
  private final Map<String, Op> earlier = new HashMap<>();
  private final Map<Variation, List<Op>> targets = new LinkedHashMap<>();

  /**
   * Scalars fed at each step.
   *
   * @param iteration updates done before
   * @param rates the learning rate of each weight by name
   */
  record Scalars(Operand<TInt64> iteration, Map<String, Operand<TFloat32>> rates) {}

  /**
   * What a step does: most do the same, but with accumulated gradients or overwriting averages
   * there are several kinds.
   */
  private record Variation(boolean applies, boolean overwrites) {}

  Updates(Network network, Stage stage, Ops tf, Slots slots, Scalars scalars) {
    this.slots = slots;
    this.stage = stage;
    this.tf = tf;
    this.scalars = scalars;
    network.model().variables().forEach(v -> weights.put(v.name(), v));
    number = tf.math.add(tf.dtypes.cast(updates(), TFloat32.class), tf.constant(1f));
  }

  /**
   * Adds the ops for all variations that occur; {@code gradients} belong to {@code variables}.
   *
   * @param changed the ops by which layers have changed some of the variables before the update
   */
  void build(List<Variable> variables, List<Gradient> gradients, Map<String, Op> changed) {
    earlier.putAll(changed);
    Tuning tuning = stage.optimizer().tuning();
    Tuning.Ema ema = tuning.ema();
    for (boolean applies :
        tuning.steps() > 1 ? new boolean[] {true, false} : new boolean[] {true}) {
      boolean overwriting = ema != null && ema.overwriteEvery() > 0;
      for (boolean overwrites : overwriting ? new boolean[] {false, true} : new boolean[] {false}) {
        Variation variation = new Variation(applies, overwrites);
        targets.put(variation, build(variables, gradients, variation));
      }
    }
  }

  private List<Op> build(List<Variable> variables, List<Gradient> gradients, Variation variation) {
    List<Op> done = new ArrayList<>();
    List<Gradient> used =
        variation.applies() ? added(clipped(summed(variables, gradients))) : gradients;
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      Op op =
          variation.applies()
              ? apply(variable, used.get(i))
              : slots
                  .get(variable, Slots.ACCUMULATOR)
                  .assign(tf, plus(variable, used.get(i).value()));
      done.add(finish(variable, op, variation));
    }
    return done;
  }

  /** The mean of the gradients of the last steps, this one's included. */
  private List<Gradient> summed(List<Variable> variables, List<Gradient> gradients) {
    int steps = stage.optimizer().tuning().steps();
    if (steps == 1) {
      return gradients;
    }
    List<Gradient> means = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      Operand<TFloat32> sum = plus(variables.get(i), gradients.get(i).value());
      means.add(Gradient.whole(tf.math.div(sum, tf.constant((float) steps))));
    }
    return means;
  }

  private Operand<TFloat32> plus(Variable variable, Operand<TFloat32> gradient) {
    return tf.math.add(gradient, slots.get(variable, Slots.ACCUMULATOR).read());
  }

  /** By {@code clipvalue}, rows that are kept apart were clipped already, each by itself. */
  private List<Gradient> clipped(List<Gradient> gradients) {
    Tuning tuning = stage.optimizer().tuning();
    if (tuning.clipNorm() != null) {
      Operand<TFloat32> most = tf.constant(tuning.clipNorm().floatValue());
      return gradients.stream()
          .map(
              g -> {
                Operand<TFloat32> longer = tf.math.maximum(norm(List.of(g)), most);
                return g.each(v -> tf.math.div(tf.math.mul(v, most), longer));
              })
          .toList();
    }
    if (tuning.globalClipNorm() != null) {
      Operand<TFloat32> most = tf.constant(tuning.globalClipNorm().floatValue());
      Operand<TFloat32> one = tf.constant(1f);
      Operand<TFloat32> scale =
          tf.math.mul(
              most, tf.math.minimum(tf.math.div(one, norm(gradients)), tf.math.div(one, most)));
      return gradients.stream().map(g -> Gradient.whole(tf.math.mul(g.value(), scale))).toList();
    }
    if (tuning.clipValue() != null) {
      Operand<TFloat32> most = tf.constant(tuning.clipValue().floatValue());
      return gradients.stream()
          .map(
              g ->
                  g.apart()
                      ? g
                      : Gradient.whole(tf.clipByValue(g.value(), tf.math.neg(most), most)))
          .toList();
    }
    return gradients;
  }

  /** Keras 2 adds the gradients of equal rows once they are clipped. */
  private List<Gradient> added(List<Gradient> gradients) {
    return stage.objective().generation() == Generation.KERAS_3
        ? gradients
        : gradients.stream().map(g -> Gradient.whole(g.value())).toList();
  }

  /** The length of all values together; of rows that are kept apart, each counts by itself. */
  private Operand<TFloat32> norm(List<Gradient> values) {
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (Gradient gradient : values) {
      Operand<TFloat32> squares =
          gradient.apart() ? gradient.squares() : tf.math.square(gradient.value());
      sums.add(tf.reduceSum(tf.reshape(squares, tf.constant(new int[] {-1})), tf.constant(0)));
    }
    return tf.math.sqrt(tf.math.addN(sums));
  }

  private Op apply(Variable variable, Gradient gradient) {
    Optimizer optimizer = stage.optimizer();
    Operand<TFloat32> rate = scalars.rates().get(variable.name());
    Op changed = earlier.get(variable.name());
    Ops after = changed == null ? tf : tf.withControlDependencies(List.of(changed));
    Operand<TFloat32> weight = changed == null ? variable.read() : variable.readAfter(after);
    if (optimizer.tuning().weightDecay() != null) {
      Operand<TFloat32> share =
          tf.math.mul(tf.constant(optimizer.tuning().weightDecay().floatValue()), rate);
      // Only once the gradient is there: before, the weight is still needed as it was.
      Ops then = tf.withControlDependencies(List.of(tf.identity(gradient.value())));
      Op decay = then.assignSubVariableOp(variable.handle(), then.math.mul(weight, share));
      after = tf.withControlDependencies(List.of(decay));
      weight = variable.readAfter(after);
    }
    Op applied =
        optimizer
            .rule()
            .update(
                new Update(
                    after,
                    variable,
                    weight,
                    gradient,
                    new Update.Numbers(rate, number),
                    name -> slots.get(variable, name)));
    if (optimizer.tuning().steps() == 1) {
      return applied;
    }
    Variable sum = slots.get(variable, Slots.ACCUMULATOR);
    Ops then = tf.withControlDependencies(List.of(applied));
    return sum.assign(then, then.zerosLike(sum.read()));
  }

  /** Averages, overwriting and constraint, which follow whether weights were changed or not. */
  private Op finish(Variable variable, Op changed, Variation variation) {
    Op last = changed;
    Tuning.Ema ema = stage.optimizer().tuning().ema();
    if (ema != null) {
      last = average(variable, last, ema);
      if (variation.overwrites()) {
        Ops then = tf.withControlDependencies(List.of(last));
        last = variable.assign(then, slots.get(variable, Slots.AVERAGE).readAfter(then));
      }
    }
    Constraint constraint = weights.get(variable.name()).slot().constraint();
    if (constraint != null) {
      Ops then = tf.withControlDependencies(List.of(last));
      last = variable.assign(then, constraint.project(then, variable.readAfter(then)));
    }
    return stage.averages() == null ? last : beside(variable, last);
  }

  /** The average of Keras 3 begins with the weight after the first update, that of 2 before it. */
  private Op average(Variable variable, Op changed, Tuning.Ema ema) {
    Ops then = tf.withControlDependencies(List.of(changed));
    Variable average = slots.get(variable, Slots.AVERAGE);
    Operand<TFloat32> share = tf.constant((float) ema.momentum());
    if (stage.objective().generation() == Generation.KERAS_3) {
      Operand<TFloat32> later =
          then.dtypes.cast(then.math.notEqual(updates(), tf.constant(0L)), TFloat32.class);
      share = then.math.mul(later, share);
    }
    return average.assign(
        then,
        then.math.add(
            then.math.mul(share, average.read()),
            then.math.mul(then.math.sub(tf.constant(1f), share), variable.readAfter(then))));
  }

  /** TensorFlow's average, which begins with the weight before the first update. */
  private Op beside(Variable variable, Op changed) {
    Ops then = tf.withControlDependencies(List.of(changed));
    Variable average = slots.average(variable);
    Operand<TFloat32> share = tf.constant((float) stage.averages().decay());
    if (stage.averages().withUpdates()) {
      Operand<TFloat32> n = tf.dtypes.cast(scalars.iteration(), TFloat32.class);
      share =
          tf.math.minimum(
              share,
              tf.math.div(tf.math.add(n, tf.constant(1f)), tf.math.add(n, tf.constant(10f))));
    }
    Operand<TFloat32> off = then.math.sub(average.read(), variable.readAfter(then));
    return then.assignSubVariableOp(
        average.handle(), then.math.mul(off, tf.math.sub(tf.constant(1f), share)));
  }

  /** Updates applied so far: fewer than steps where gradients are accumulated. */
  private Operand<TInt64> updates() {
    int steps = stage.optimizer().tuning().steps();
    return steps == 1
        ? scalars.iteration()
        : tf.math.floorDiv(scalars.iteration(), tf.constant((long) steps));
  }

  /** The ops to run at the end of training: averages take the place of the weights. */
  List<Op> last(List<Variable> variables) {
    if (stage.optimizer().tuning().ema() == null) {
      return List.of();
    }
    return variables.stream()
        .<Op>map(v -> v.assign(tf, slots.get(v, Slots.AVERAGE).read()))
        .toList();
  }

  /** The ops to run in the step after {@code iteration} others. */
  List<Op> of(long iteration) {
    Tuning tuning = stage.optimizer().tuning();
    long updates = iteration / tuning.steps();
    boolean applies = (iteration + 1) % tuning.steps() == 0;
    boolean overwrites =
        tuning.ema() != null
            && tuning.ema().overwriteEvery() > 0
            && (updates + 1) % tuning.ema().overwriteEvery() == 0;
    return targets.get(new Variation(applies, overwrites));
  }
}
