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

  private static final String SLOTS = "optimizer/";

  final Scoring scoring;
  final Operand<TFloat32> rate;
  final Operand<TInt64> iteration;
  final List<Op> updates = new ArrayList<>();
  final List<Variable> unreached;
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
    update(reached, rates());
    path.updates()
        .forEach((name, value) -> updates.add(network.variable(name).assign(tf, gated(value))));
  }

  /** {@code value}, once targets and loss are known to be sound: a bad step changes nothing. */
  private Operand<TFloat32> gated(Operand<TFloat32> value) {
    return tf.withControlDependencies(List.of(sound)).identity(value);
  }

  @SuppressWarnings("unchecked")
  private void update(List<Variable> variables, Map<String, Operand<TFloat32>> rates) {
    Output<?>[] reads = variables.stream().map(v -> v.read().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] gradients =
        network
            .graph()
            .addGradients(
                tf.scope().makeOpName("gradients"),
                new Output<?>[] {scoring.total().asOutput()},
                reads,
                null);
    Operand<TFloat32> step =
        tf.math.add(tf.dtypes.cast(iteration, TFloat32.class), tf.constant(1f));
    Map<String, Model.Variable> weights = new HashMap<>();
    network.model().variables().forEach(v -> weights.put(v.name(), v));
    for (int i = 0; i < gradients.length; i++) {
      Variable variable = variables.get(i);
      if (gradients[i].isClosed()) {
        throw new TrainingException(
            "weight '"
                + variable.name()
                + "' is cut off from the loss by an op without a gradient. Freeze its layer.");
      }
      Op op =
          stage
              .optimizer()
              .update(
                  new Optimizer.Update(
                      tf,
                      variable,
                      gated((Operand<TFloat32>) (Operand<?>) gradients[i]),
                      rates.get(variable.name()),
                      step,
                      slot -> slot(variable, slot)));
      updates.add(constrained(op, variable, weights.get(variable.name())));
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

  private Variable slot(Variable variable, String slot) {
    String name = SLOTS + variable.name() + "/" + slot;
    return network.variables().stream()
        .filter(v -> v.name().equals(name))
        .findFirst()
        .orElseGet(() -> network.addVariable(name, variable.shape()));
  }

  private Op constrained(Op update, Variable variable, Model.Variable weight) {
    if (weight.slot().constraint() == null) {
      return update;
    }
    Ops after = tf.withControlDependencies(List.of(update));
    return variable.assign(
        after, weight.slot().constraint().project(after, variable.readAfter(after)));
  }

  /** The optimizer's variables. */
  List<Variable> slots() {
    return network.variables().stream().filter(v -> v.name().startsWith(SLOTS)).toList();
  }
}
