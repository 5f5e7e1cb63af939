package dev.graft.train;

import dev.graft.error.TrainingException;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.network.GradientCheck;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.network.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  final Scoring scoring;
  final Operand<TFloat32> rate;
  final Operand<TInt64> iteration;
  final List<Op> updates = new ArrayList<>();
  final List<Variable> unreached;
  private final Network network;
  private final Ops tf;

  /**
   * Adds the ops to the graph, and a variable for every optimizer slot.
   *
   * @param from the tensors fed: the model's inputs, or the border of the frozen part
   */
  TrainingGraph(Network network, List<Ref> from, Stage stage) {
    this.network = network;
    this.tf = network.ops().withSubScope("training");
    Path path = network.path(Path.Mode.TRAINING, from, network.model().outputs());
    scoring = new Scoring(network, path, stage.objective(), stage.weighted());
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
    update(reached, stage.optimizer());
    path.updates().forEach((name, value) -> updates.add(network.variable(name).assign(tf, value)));
  }

  @SuppressWarnings("unchecked")
  private void update(List<Variable> variables, Optimizer optimizer) {
    Output<?>[] reads = variables.stream().map(v -> v.read().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] gradients =
        network
            .graph()
            .addGradients("gradients", new Output<?>[] {scoring.total().asOutput()}, reads, null);
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
          optimizer.update(
              new Optimizer.Update(
                  tf,
                  variable,
                  (Operand<TFloat32>) (Operand<?>) gradients[i],
                  rate,
                  step,
                  slot -> slot(variable, slot)));
      updates.add(constrained(op, variable, weights.get(variable.name())));
    }
  }

  private Variable slot(Variable variable, String slot) {
    return network.addVariable("optimizer/" + variable.name() + "/" + slot, variable.shape());
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
    return network.variables().stream().filter(v -> v.name().startsWith("optimizer/")).toList();
  }
}
