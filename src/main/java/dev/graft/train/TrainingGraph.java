package dev.graft.train;

import dev.graft.error.SettingException;
import dev.graft.error.TrainingException;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.model.Freeze;
import dev.graft.network.GradientCheck;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.network.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The ops of one training step: forward, loss, gradients, updates. One run does a step. */
final class TrainingGraph {
  /** Marks the failure of a step whose loss is not finite. */
  static final String NOT_FINITE = "graft: the loss is not finite";

  final Scoring scoring;
  final Operand<TFloat32> rate;
  final Operand<TInt64> iteration;
  final List<Variable> unreached;
  final Slots slots;
  private final Updates updates;
  private final List<Op> moved = new ArrayList<>();
  private final Network network;
  private final Stage stage;
  private final Ops tf;
  private final Op sound;

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
    scoring = new Scoring(network, path, stage.objective(), stage.weighting());
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
    List<Op> checks = new ArrayList<>(scoring.checks());
    checks.add(tf.debugging.checkNumerics(scoring.total(), NOT_FINITE));
    sound = tf.withControlDependencies(checks).noOp();
    slots = new Slots(network, tf, stage, trainable);
    updates = new Updates(network, stage, tf, slots, new Updates.Scalars(iteration, rates()));
    updates.build(reached, gradients(reached));
    path.updates()
        .forEach((name, value) -> moved.add(network.variable(name).assign(tf, gated(value))));
  }

  /** {@code value}, once targets and loss are known to be sound: a bad step changes nothing. */
  private Operand<TFloat32> gated(Operand<TFloat32> value) {
    return tf.withControlDependencies(List.of(sound)).identity(value);
  }

  @SuppressWarnings("unchecked")
  private List<Operand<TFloat32>> gradients(List<Variable> variables) {
    Output<?>[] reads = variables.stream().map(v -> v.read().asOutput()).toArray(Output<?>[]::new);
    Double scale = stage.optimizer().tuning().lossScale();
    Operand<TFloat32> loss = scoring.total();
    if (scale != null) {
      loss = tf.math.mul(loss, tf.constant(scale.floatValue()));
    }
    Output<?>[] gradients =
        network
            .graph()
            .addGradients(
                tf.scope().makeOpName("gradients"), new Output<?>[] {loss.asOutput()}, reads, null);
    List<Operand<TFloat32>> sound = new ArrayList<>();
    for (int i = 0; i < gradients.length; i++) {
      if (gradients[i].isClosed()) {
        throw new TrainingException(
            "weight '"
                + variables.get(i).name()
                + "' is cut off from the loss by an op without a gradient. Freeze its layer.");
      }
      Operand<TFloat32> gradient = gated((Operand<TFloat32>) (Operand<?>) gradients[i]);
      sound.add(scale == null ? gradient : tf.math.div(gradient, tf.constant(scale.floatValue())));
    }
    return sound;
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
}
