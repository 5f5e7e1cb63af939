package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.error.SettingException;
import dev.graft.layers.DType;
import dev.graft.layers.Model;
import dev.graft.layers.Slot;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.network.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Loss and metrics of a path, as ops: targets and weights in, sums out.
 *
 * <p>The total is what Keras calls {@code loss}: the weighted sum of the outputs' losses, each the
 * mean over the batch, plus the penalties of the trainable weights and of layers.
 */
public final class Scoring {
  private final Objective objective;
  private final Path path;
  private final List<Operand<TFloat32>> targets = new ArrayList<>();
  private final List<Operand<TFloat32>> weights = new ArrayList<>();
  private final List<Operand<TFloat32>> losses = new ArrayList<>();
  private final List<Operand<TFloat32>> states = new ArrayList<>();
  private final List<Named> metrics = new ArrayList<>();
  private final List<Op> checks = new ArrayList<>();
  private final Operand<TFloat32> total;
  private final Operand<TFloat32> report;

  private record Named(String name, Metric metric, int output) {}

  /** Adds the ops to the network's graph, for examples that all count the same. */
  public Scoring(Network network, Path path, Objective objective) {
    this(network, path, objective, Weighting.NONE);
  }

  /** As the other constructor, for examples that carry weights. */
  Scoring(Network network, Path path, Objective objective, Weighting weighting) {
    this.objective = objective;
    this.path = path;
    Ops tf = network.ops().withSubScope("scoring");
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (int i = 0; i < objective.outputs().size(); i++) {
      terms.add(output(tf, i, weighting));
    }
    terms.addAll(penalties(network, tf));
    terms.addAll(path.losses());
    total = terms.size() == 1 ? terms.get(0) : tf.math.addN(terms);
    report = pack(tf);
  }

  /** Everything reported as one vector, so that one fetch brings it. */
  private Operand<TFloat32> pack(Ops tf) {
    Operand<TInt32> flat = tf.constant(new int[] {-1});
    List<Operand<TFloat32>> parts = new ArrayList<>();
    parts.add(tf.reshape(total, flat));
    losses.forEach(loss -> parts.add(tf.reshape(loss, flat)));
    states.forEach(state -> parts.add(tf.reshape(state, flat)));
    return tf.withControlDependencies(checks).concat(parts, tf.constant(0));
  }

  private Operand<TFloat32> output(Ops tf, int index, Weighting weighting) {
    Objective.Output wanted = objective.outputs().get(index);
    Operand<TFloat32> output = path.output(index);
    Spec spec = new Spec(output.shape(), DType.FLOAT32);
    Operand<TFloat32> target =
        tf.placeholder(TFloat32.class, Placeholder.shape(wanted.loss().target(spec).shape()));
    Operand<TFloat32> weight =
        weighting.any()
            ? tf.placeholder(TFloat32.class, Placeholder.shape(weighting.shape(index)))
            : null;
    targets.add(target);
    weights.add(weight);
    if (classes(index) > 0) {
      checkLabels(tf, target, wanted.loss(), classes(index));
    }
    Operand<TFloat32> loss = reduced(tf, wanted.loss(), target, output, weight);
    losses.add(loss);
    String prefix = objective.outputs().size() == 1 ? "" : wanted.name() + "_";
    List<Metric> all = new ArrayList<>(wanted.metrics());
    all.addAll(wanted.weightedMetrics());
    List<String> names = Metrics.unique(all.stream().map(Metric::name).toList());
    for (int i = 0; i < all.size(); i++) {
      boolean weighs = i >= wanted.metrics().size();
      Named named = new Named(prefix + names.get(i), all.get(i), index);
      try {
        states.add(all.get(i).state(tf, target, output, weighs ? weight : null));
      } catch (TensorFlowException | IllegalArgumentException e) {
        throw fit(named).misfit(e);
      }
      metrics.add(named);
    }
    return wanted.weight() == 1 ? loss : tf.math.mul(loss, tf.constant((float) wanted.weight()));
  }

  /** The loss of the batch, by Keras's rules (keras/src/losses/loss.py, Keras 3.15). */
  private static Operand<TFloat32> reduced(
      Ops tf,
      Loss loss,
      Operand<TFloat32> target,
      Operand<TFloat32> output,
      Operand<TFloat32> weight) {
    Operand<TFloat32> each = loss.perExample(tf, target, output);
    int rank = each.shape().numDimensions();
    Operand<TInt32> all = tf.constant(IntStream.range(0, rank).toArray());
    Operand<TFloat32> counts = loss.counts(tf, target, each);
    if (weight != null && weight.shape().numDimensions() > rank) {
      throw new SettingException(
          "sample_weight: there is a weight for each step, but the loss has one value an example."
              + " Give one weight an example.");
    }
    Operand<TFloat32> weights = weight == null ? null : Means.along(tf, weight, rank);
    Operand<TFloat32> sum = tf.reduceSum(weights == null ? each : tf.math.mul(each, weights), all);
    if (loss.reduction() == Loss.Reduction.SUM) {
      return sum;
    }
    Operand<TFloat32> number = counts == null ? tf.onesLike(each) : counts;
    if (loss.reduction() == Loss.Reduction.WEIGHTED_MEAN && weights != null) {
      number = tf.math.mul(number, weights);
    }
    return tf.math.divNoNan(sum, tf.stopGradient(tf.reduceSum(number, all)));
  }

  /** Labels out of range would count as no class at all and lower the loss unseen. */
  private void checkLabels(Ops tf, Operand<TFloat32> target, Loss loss, long classes) {
    Operand<TInt32> axes =
        tf.constant(IntStream.range(0, target.shape().numDimensions()).toArray());
    Operand<TBool> right =
        tf.math.logicalAnd(
            tf.math.greaterEqual(target, tf.constant(0f)),
            tf.math.less(target, tf.constant((float) classes)));
    if (loss.ignored() != null) {
      Operand<TFloat32> free = tf.constant(loss.ignored().floatValue());
      right = tf.math.logicalOr(right, tf.math.equal(target, free));
    }
    checks.add(
        tf.assertThat(
            tf.reduceAll(right, axes), List.<Operand<?>>of(tf.constant("labels out of range"))));
  }

  /** Classes that the sparse labels of output {@code index} choose from, or 0 for other targets. */
  long classes(int index) {
    Shape output = path.outputs().get(index).shape();
    return objective.outputs().get(index).loss().countsOutputs()
        ? output.get(output.numDimensions() - 1)
        : 0;
  }

  /** The loss of output {@code index}. */
  Loss loss(int index) {
    return objective.outputs().get(index).loss();
  }

  /** True when {@code label} is one that the sparse labels of output {@code index} may be. */
  boolean inRange(int index, float label) {
    Integer ignored = objective.outputs().get(index).loss().ignored();
    return (label >= 0 && label < classes(index)) || (ignored != null && label == ignored);
  }

  /** Whether more of what is logged as {@code name} is better; null when that is not known. */
  Boolean higherIsBetter(String name) {
    if (name.equals("loss")
        || objective.outputs().stream().anyMatch(o -> name.equals(o.name() + "_loss"))) {
      return false;
    }
    return metrics.stream()
        .filter(
            named ->
                name.startsWith(named.name())
                    && name.substring(named.name().length()).matches("(_\\d+)?"))
        .findFirst()
        .map(named -> named.metric().higherIsBetter())
        .orElse(null);
  }

  /** The names everything is logged under. */
  List<String> names() {
    return List.copyOf(sums().logs("").keySet());
  }

  /** Keras 3 counts trained weights alone, Keras 2 the frozen ones too. */
  private List<Operand<TFloat32>> penalties(Network network, Ops tf) {
    boolean frozenToo = objective.generation() == Generation.KERAS_2;
    List<Operand<TFloat32>> penalties = new ArrayList<>();
    for (Model.Variable v : network.model().variables()) {
      Slot slot = v.slot();
      if (slot.regularizer() != null && (v.trainable() || frozenToo)) {
        penalties.add(slot.regularizer().penalty(tf, network.variable(v.name()).read()));
      }
    }
    return penalties;
  }

  /**
   * Computes every metric once of zeros.
   *
   * @throws SettingException naming a metric that does not go with the shapes there are
   */
  void probe(Session session) {
    for (int i = 0; i < metrics.size(); i++) {
      fit(metrics.get(i)).probe(session, states.get(i), weights.get(metrics.get(i).output()));
    }
  }

  private MetricFit fit(Named named) {
    int at = named.output();
    return new MetricFit(
        objective.outputs().get(at).name(),
        named.name(),
        named.metric(),
        targets.get(at),
        path.output(at));
  }

  /** The scalar that training lowers. */
  public Operand<TFloat32> total() {
    return total;
  }

  public Path path() {
    return path;
  }

  /** Where the targets of each output are fed. */
  public List<Operand<TFloat32>> targets() {
    return targets;
  }

  /** Ops that fail the run when targets are out of range. */
  List<Op> checks() {
    return checks;
  }

  /** The tensor to fetch for {@link Sums#add}. */
  Operand<TFloat32> report() {
    return report;
  }

  /** Feeds a batch, and its weights: one tensor an output, or none. */
  void feed(Session.Runner runner, Batch batch, List<Tensor> weightValues) {
    for (int i = 0; i < path.feeds().size(); i++) {
      runner.feed(path.feeds().get(i), batch.inputs().get(i));
    }
    for (int i = 0; i < targets.size(); i++) {
      runner.feed(targets.get(i), batch.targets().get(i));
      if (weights.get(i) != null) {
        runner.feed(weights.get(i), weightValues.get(i));
      }
    }
  }

  private static int length(Operand<TFloat32> state) {
    return Math.toIntExact(state.shape().size());
  }

  /** Sums over the batches of one epoch. */
  public Sums sums() {
    return new Sums();
  }

  /** Running loss and metrics, as Keras reports them. Not thread-safe. */
  public final class Sums {
    private double examples;
    private double batches;
    private final double[] lossSums = new double[1 + losses.size()];
    private final double[][] metricSums =
        states.stream().map(state -> new double[length(state)]).toArray(double[][]::new);

    /** Adds the report of a batch of {@code size} examples. */
    void add(float[] values, int size) {
      examples += size;
      batches++;
      int at = 0;
      for (int i = 0; i < lossSums.length; i++) {
        lossSums[i] += (double) values[at++] * (i == 0 ? size : ofOutputs(size, 1));
      }
      for (double[] sum : metricSums) {
        for (int k = 0; k < sum.length; k++) {
          sum[k] += values[at++];
        }
      }
    }

    /**
     * What the loss of one output is divided by: Keras 2 weighs its batches by their size as it
     * does in the whole loss, Keras 3 counts all batches alike.
     */
    private double ofOutputs(double size, double number) {
      return objective.generation() == Generation.KERAS_2 ? size : number;
    }

    /** Counts a batch whose loss was not finite. */
    void addBadLoss() {
      Arrays.fill(lossSums, Double.NaN);
      examples++;
      batches++;
    }

    /** Loss and metrics so far, under Keras's log names with {@code prefix} before each. */
    public Map<String, Double> logs(String prefix) {
      Map<String, Double> logs = new LinkedHashMap<>();
      logs.put(prefix + "loss", lossSums[0] / examples);
      if (losses.size() > 1) {
        for (int i = 0; i < losses.size(); i++) {
          logs.put(
              prefix + objective.outputs().get(i).name() + "_loss",
              lossSums[1 + i] / ofOutputs(examples, batches));
        }
      }
      for (int i = 0; i < metricSums.length; i++) {
        String name = prefix + metrics.get(i).name();
        metrics.get(i).metric().figures(metricSums[i]).forEach((end, v) -> logs.put(name + end, v));
      }
      return logs;
    }

    /** Everything summed so far, to go on with after a restart. */
    double[][] state() {
      double[][] state = new double[2 + metricSums.length][];
      state[0] = new double[] {examples, batches};
      state[1] = lossSums.clone();
      for (int i = 0; i < metricSums.length; i++) {
        state[2 + i] = metricSums[i].clone();
      }
      return state;
    }

    /** Goes on from what {@link #state} gave. */
    void restore(double[][] state) {
      examples = state[0][0];
      batches = state[0][1];
      System.arraycopy(state[1], 0, lossSums, 0, lossSums.length);
      for (int i = 0; i < metricSums.length; i++) {
        System.arraycopy(state[2 + i], 0, metricSums[i], 0, metricSums[i].length);
      }
    }
  }
}
