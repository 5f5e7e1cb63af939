package dev.graft.train;

import dev.graft.layers.Model;
import dev.graft.layers.Slot;
import dev.graft.network.Network;
import dev.graft.network.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
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
  private final Operand<TFloat32> total;
  private final Operand<TFloat32> report;

  private record Named(String name, Metric metric) {}

  /**
   * Adds the ops to the network's graph.
   *
   * @param weighted true when examples will carry weights
   */
  public Scoring(Network network, Path path, Objective objective, boolean weighted) {
    this.objective = objective;
    this.path = path;
    Ops tf = network.ops().withSubScope("scoring");
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (int i = 0; i < objective.outputs().size(); i++) {
      terms.add(output(tf, i, weighted));
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
    return tf.concat(parts, tf.constant(0));
  }

  private Operand<TFloat32> output(Ops tf, int index, boolean weighted) {
    Objective.Output wanted = objective.outputs().get(index);
    Operand<TFloat32> output = path.output(index);
    Operand<TFloat32> target =
        tf.placeholder(
            TFloat32.class, Placeholder.shape(targetShape(wanted.loss(), output.shape())));
    Operand<TFloat32> weight =
        weighted ? tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1))) : null;
    targets.add(target);
    weights.add(weight);
    Operand<TFloat32> each = wanted.loss().perExample(tf, target, output);
    if (weighted) {
      each = tf.math.mul(each, along(tf, weight, each.shape().numDimensions()));
    }
    int[] all = java.util.stream.IntStream.range(0, each.shape().numDimensions()).toArray();
    Operand<TFloat32> loss = tf.math.mean(each, tf.constant(all));
    losses.add(loss);
    String prefix = objective.outputs().size() == 1 ? "" : wanted.name() + "_";
    for (Metric metric : wanted.metrics()) {
      states.add(metric.state(tf, target, output, null));
      metrics.add(new Named(prefix + metric.name(), metric));
    }
    for (Metric metric : wanted.weightedMetrics()) {
      states.add(metric.state(tf, target, output, weight));
      metrics.add(new Named(prefix + metric.name(), metric));
    }
    return wanted.weight() == 1 ? loss : tf.math.mul(loss, tf.constant((float) wanted.weight()));
  }

  private static Operand<TFloat32> along(Ops tf, Operand<TFloat32> weight, int rank) {
    if (rank == 1) {
      return weight;
    }
    long[] shape = new long[rank];
    java.util.Arrays.fill(shape, 1);
    shape[0] = -1;
    return tf.reshape(weight, tf.constant(shape));
  }

  private static Shape targetShape(Loss loss, Shape output) {
    long[] sizes = output.asArray();
    if (loss.labels() == Loss.Labels.SPARSE) {
      sizes[sizes.length - 1] = 1;
    }
    sizes[0] = -1;
    return Shape.of(sizes);
  }

  private static List<Operand<TFloat32>> penalties(Network network, Ops tf) {
    List<Operand<TFloat32>> penalties = new ArrayList<>();
    for (Model.Variable v : network.model().variables()) {
      Slot slot = v.slot();
      if (v.trainable() && slot.regularizer() != null) {
        penalties.add(slot.regularizer().penalty(tf, network.variable(v.name()).read()));
      }
    }
    return penalties;
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

  /** The tensor to fetch for {@link Sums#add}. */
  Operand<TFloat32> report() {
    return report;
  }

  /** Feeds targets and weights; {@code weightValues} holds null where an output has none. */
  void feed(Session.Runner runner, List<Tensor> targetValues, List<Tensor> weightValues) {
    for (int i = 0; i < targets.size(); i++) {
      runner.feed(targets.get(i), targetValues.get(i));
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
    private final double[] lossSums = new double[1 + losses.size()];
    private final double[][] metricSums =
        states.stream().map(state -> new double[length(state)]).toArray(double[][]::new);

    /** Adds the report of a batch of {@code size} examples. */
    void add(float[] values, int size) {
      examples += size;
      int at = 0;
      for (int i = 0; i < lossSums.length; i++) {
        lossSums[i] += (double) values[at++] * size;
      }
      for (double[] sum : metricSums) {
        for (int k = 0; k < sum.length; k++) {
          sum[k] += values[at++];
        }
      }
    }

    /** Loss and metrics so far, under Keras's log names with {@code prefix} before each. */
    public Map<String, Double> logs(String prefix) {
      Map<String, Double> logs = new LinkedHashMap<>();
      logs.put(prefix + "loss", lossSums[0] / examples);
      if (losses.size() > 1) {
        for (int i = 0; i < losses.size(); i++) {
          logs.put(
              prefix + objective.outputs().get(i).name() + "_loss", lossSums[1 + i] / examples);
        }
      }
      for (int i = 0; i < metricSums.length; i++) {
        logs.put(prefix + metrics.get(i).name(), metrics.get(i).metric().result(metricSums[i]));
      }
      return logs;
    }

    /** Everything summed so far, to go on with after a restart. */
    double[][] state() {
      double[][] state = new double[2 + metricSums.length][];
      state[0] = new double[] {examples};
      state[1] = lossSums.clone();
      for (int i = 0; i < metricSums.length; i++) {
        state[2 + i] = metricSums[i].clone();
      }
      return state;
    }

    /** Goes on from what {@link #state} gave. */
    void restore(double[][] state) {
      examples = state[0][0];
      System.arraycopy(state[1], 0, lossSums, 0, lossSums.length);
      for (int i = 0; i < metricSums.length; i++) {
        System.arraycopy(state[2 + i], 0, metricSums[i], 0, metricSums[i].length);
      }
    }
  }
}
