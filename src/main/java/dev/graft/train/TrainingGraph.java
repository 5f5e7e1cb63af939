package dev.graft.train;

import dev.graft.error.SettingException;
import dev.graft.error.TrainingException;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.model.Freeze;
import dev.graft.network.GradientCheck;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.network.RowReads;
import dev.graft.network.Variable;
import dev.graft.runtime.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The ops of one training step: forward, loss, gradients, updates. One run does a step. */
final class TrainingGraph {
  /** Marks the failure of a step whose loss is not finite. */
  static final String NOT_FINITE = "graft: the loss is not finite";

  /** Marks the failure of a step with a gradient that overflowed under the loss scale. */
  static final String OVERFLOW = "graft: a gradient overflows";

  final Scoring scoring;

  /** What this worker contributes, where there are several. */
  final Share share;

  /** What the loss is multiplied by, fed; null where it is not scaled anew for each step. */
  final Operand<TFloat32> scale;

  final Operand<TFloat32> rate;
  final Operand<TInt64> iteration;
  final List<Variable> unreached;
  final Slots slots;
  private final Updates updates;
  private final List<Op> last;
  private final List<Op> moved = new ArrayList<>();
  private final Network network;
  private final Stage stage;
  private final Ops tf;
  private final Operand<TBool> finite;
  private Op sound;

  /**
   * Adds the ops to the graph, and a variable for every optimizer slot.
   *
   * @param from the tensors fed: the model's inputs, or the border of the frozen part
   */
  TrainingGraph(Network network, List<Ref> from, Stage stage) {
    this.network = network;
    this.stage = stage;
    this.tf = network.ops().withSubScope("training");
    Path path = network.path(Path.Mode.TRAINING, from, network.model().outputs());
    share = Share.of(network.workers(), tf);
    scoring = new Scoring(network, path, stage.objective(), stage.weighting(), share);
    rate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    iteration = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    List<Variable> trainable = network.variables().stream().filter(Variable::trainable).toList();
    if (trainable.isEmpty()) {
      throw new TrainingException(
          "stage '"
              + stage.name()
              + "': every layer is frozen, so there is nothing to train. Unfreeze some.");
    }
    List<Variable> reached =
        GradientCheck.reached(network.graph(), scoring.total().asOutput(), trainable);
    unreached = trainable.stream().filter(v -> !reached.contains(v)).toList();
    sound = share.several() ? null : sound();
    finite = share.several() ? tf.math.isFinite(first(scoring.report())) : null;
    boolean scaled =
        network.settings().precision() == Settings.Precision.FLOAT16
            && stage.optimizer().tuning().lossScale() == null;
    scale = scaled ? tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar())) : null;
    slots = new Slots(network, tf, stage, trainable);
    updates = new Updates(network, stage, tf, slots, new Updates.Scalars(iteration, rates()));
    List<Gradient> gradients = gradients(reached);
    Map<String, Op> changed = new HashMap<>();
    path.updates()
        .forEach(
            (name, value) -> changed.put(name, network.variable(name).assign(tf, whole(value))));
    moved.addAll(changed.values());
    // What a layer makes of a weight that is trained as well, it makes before the optimizer does.
    changed.keySet().retainAll(reached.stream().map(Variable::name).toList());
    updates.build(reached, gradients, changed);
    last = updates.last(reached);
  }

  private Op sound() {
    List<Op> checks = new ArrayList<>(scoring.checks());
    checks.add(tf.debugging.checkNumerics(scoring.total(), NOT_FINITE));
    return tf.withControlDependencies(checks).noOp();
  }

  /** The first number of a vector, which is the loss in a report. */
  private Operand<TFloat32> first(Operand<TFloat32> report) {
    return tf.gather(report, tf.constant(0), tf.constant(0));
  }

  /** New values of a state variable: their mean over the examples of all workers. */
  private Operand<TFloat32> whole(Operand<TFloat32> value) {
    return gated(share.several() ? share.total(tf, share.ofMean(tf, value)) : value);
  }

  /**
   * {@code value}, once targets and loss are known to be sound: a bad step changes nothing. With
   * several workers it does not fail either, since a failure would break their sums for good.
   */
  private Operand<TFloat32> gated(Operand<TFloat32> value) {
    if (share.several()) {
      return Share.where(tf, finite, value);
    }
    return tf.withControlDependencies(List.of(sound)).identity(value);
  }

  private List<Gradient> gradients(List<Variable> variables) {
    List<RowReads> rows = rowsApart(variables);
    List<Output<?>> wanted = new ArrayList<>();
    variables.forEach(variable -> wanted.add(variable.read().asOutput()));
    rows.forEach(one -> one.reads().forEach(read -> wanted.add(read.rows())));
    Double constant = stage.optimizer().tuning().lossScale();
    Operand<TFloat32> factor = constant == null ? scale : tf.constant(constant.floatValue());
    Operand<TFloat32> loss = scoring.total();
    if (factor != null) {
      loss = tf.math.mul(loss, factor);
    }
    Output<?>[] found = gradients(loss, wanted.toArray(Output<?>[]::new));
    List<Operand<TFloat32>> values = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      if (found[i].isClosed()) {
        throw new TrainingException(
            "weight '"
                + variables.get(i).name()
                + "' is cut off from the loss by an op without a gradient. Freeze its layer.");
      }
      @SuppressWarnings("unchecked")
      Operand<TFloat32> gradient = (Operand<TFloat32>) (Operand<?>) found[i];
      values.add(factor == null ? gradient : tf.math.div(gradient, factor));
    }
    List<Gradient> all = new ArrayList<>();
    int read = variables.size();
    for (int i = 0; i < variables.size(); i++) {
      int next = read + rows.get(i).reads().size();
      all.add(gradient(values.get(i), rows.get(i), values.subList(read, next)));
      read = next;
    }
    if (scale != null) {
      List<Op> finite = new ArrayList<>();
      finite.add(sound);
      all.forEach(one -> finite.add(tf.debugging.checkNumerics(one.value(), OVERFLOW)));
      sound = tf.withControlDependencies(finite).noOp();
    }
    return all.stream().map(this::gated).toList();
  }

  /** Where rows of a weight are read, if this stage has to keep their gradients apart. */
  private List<RowReads> rowsApart(List<Variable> variables) {
    Tuning tuning = stage.optimizer().tuning();
    // Gradients of several steps are whole once they are added up. tf_keras adds after clipping.
    boolean apart =
        tuning.steps() == 1
            && (stage.objective().generation() == Generation.KERAS_3 || tuning.clips());
    return apart
        ? RowReads.of(network.graph(), scoring.total().asOutput(), variables)
        : Collections.nCopies(variables.size(), RowReads.NONE);
  }

  private Gradient gradient(
      Operand<TFloat32> value, RowReads reads, List<Operand<TFloat32>> gradients) {
    if (reads.reads().isEmpty()) {
      return Gradient.whole(share.total(tf, value));
    }
    Double most = stage.optimizer().tuning().clipValue();
    RowGradient rows = new RowGradient(tf, value.shape(), reads, gradients, most);
    return new Gradient(
        share.total(tf, most == null ? value : rows.sum(g -> g)),
        share.total(tf, rows.sum(tf.math::square)),
        share.total(tf, rows.sum(tf.math::abs)));
  }

  private Gradient gated(Gradient gradient) {
    Operand<TFloat32> value = gated(gradient.value());
    return gradient.apart()
        ? new Gradient(value, gated(gradient.squares()), gated(gradient.magnitudes()))
        : Gradient.whole(value);
  }

  private Output<?>[] gradients(Operand<TFloat32> loss, Output<?>[] reads) {
    try {
      return network
          .graph()
          .addGradients(
              tf.scope().makeOpName("gradients"), new Output<?>[] {loss.asOutput()}, reads, null);
    } catch (TensorFlowException e) {
      throw new TrainingException(
          "stage '"
              + stage.name()
              + "': TensorFlow cannot differentiate the loss: "
              + e.getMessage().lines().findFirst().orElse("")
              + " Freeze the layers before that op, or replace its layer.",
          e);
    }
  }

  /** The learning rate of each weight: the stage's, or its own share of it. */
  private Map<String, Operand<TFloat32>> rates() {
    List<Model.Variable> trained =
        network.model().variables().stream().filter(Model.Variable::trainable).toList();
    Map<String, Operand<TFloat32>> rates = new HashMap<>();
    trained.forEach(variable -> rates.put(variable.name(), rate));
    float start = stage.optimizer().learningRate().rate(0);
    List<String> patterns = new ArrayList<>(stage.learningRates().keySet());
    // From the last on, so that the first that fits stays.
    for (int i = patterns.size() - 1; i >= 0; i--) {
      String pattern = patterns.get(i);
      Pattern glob = Freeze.glob(pattern);
      Operand<TFloat32> own =
          tf.math.mul(rate, tf.constant((float) (stage.learningRates().get(pattern) / start)));
      List<Model.Variable> fitting =
          trained.stream().filter(v -> glob.matcher(v.layer()).matches()).toList();
      if (fitting.isEmpty()) {
        throw new SettingException(
            "stage '"
                + stage.name()
                + "': learning_rates: no layer that is trained fits '"
                + pattern
                + "'. Trained are "
                + trained.stream().map(Model.Variable::layer).distinct().toList()
                + ".");
      }
      fitting.forEach(v -> rates.put(v.name(), own));
    }
    return rates;
  }

  /** The ops to run in the step after {@code before} others. */
  List<Op> targets(long before) {
    List<Op> targets = new ArrayList<>(updates.of(before));
    targets.addAll(moved);
    return targets;
  }

  /** Ends training: averages that were asked for take the place of the weights. */
  void finish() {
    if (!last.isEmpty()) {
      Session.Runner runner = network.session().runner();
      last.forEach(runner::addTarget);
      network.run(runner).close();
    }
  }
}
