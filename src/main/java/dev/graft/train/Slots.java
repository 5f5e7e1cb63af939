package dev.graft.train;

import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.network.Variable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/** The variables an optimizer keeps, named {@code optimizer/layer/weight/slot}. */
final class Slots {
  /** What the names of all variables of an optimizer begin with. */
  static final String PREFIX = "optimizer/";

  static final String AVERAGE = "average";
  static final String ACCUMULATOR = "gradient_accumulator";

  private final Network network;
  private final Ops tf;
  private final Map<String, Variable> variables = new LinkedHashMap<>();
  private final Map<String, Op> resets = new LinkedHashMap<>();
  private final Set<String> found = new HashSet<>();

  /** Adds the variables that {@code stage} needs for the weights {@code trainable}. */
  Slots(Network network, Ops tf, Stage stage, List<Variable> trainable) {
    this.network = network;
    this.tf = tf;
    for (Variable weight : trainable) {
      for (Rule.Slot slot : of(stage.optimizer(), weight.shape())) {
        add(weight, slot, stage.objective().generation());
      }
      if (stage.averages() != null) {
        Variable average = variable(averageName(weight.name()), weight.shape());
        resets.put(average.name(), average.assign(tf, weight.read()));
      }
    }
  }

  /** All slots that {@code optimizer} keeps for a weight of shape {@code weight}. */
  static List<Rule.Slot> of(Optimizer optimizer, Shape weight) {
    List<Rule.Slot> slots = new ArrayList<>();
    if (optimizer.tuning().ema() != null) {
      slots.add(Rule.Slot.zeros(AVERAGE, weight, 0));
    }
    if (optimizer.tuning().accumulate() != null) {
      slots.add(Rule.Slot.zeros(ACCUMULATOR, weight, 0));
    }
    slots.addAll(optimizer.rule().slots(weight));
    return slots;
  }

  /**
   * Copies what {@code stage} keeps for weights of the same name and shape in another network.
   *
   * @param fresh layers that are new, whose slots start anew
   */
  static void carry(Network from, Network to, Stage stage, Set<String> fresh) {
    Map<String, Variable> old = new LinkedHashMap<>();
    from.variables().forEach(v -> old.put(v.name(), v));
    List<String> carried = new ArrayList<>();
    for (Model.Variable v : to.model().variables()) {
      Shape shape = v.slot().shape();
      boolean same = old.containsKey(v.name()) && old.get(v.name()).shape().equals(shape);
      if (v.trainable() && same && !fresh.contains(v.layer())) {
        List<String> names = new ArrayList<>();
        of(stage.optimizer(), shape).forEach(slot -> names.add(name(v.name(), slot.name())));
        names.add(averageName(v.name()));
        names.retainAll(old.keySet());
        for (String name : names) {
          to.addVariable(name, old.get(name).shape());
          carried.add(name);
        }
      }
    }
    to.assign(carried, from.unchanging(carried));
  }

  static String name(String weight, String slot) {
    return PREFIX + weight + "/" + slot;
  }

  private static String averageName(String weight) {
    return weight + "/" + Averages.SUFFIX;
  }

  private void add(Variable weight, Rule.Slot kept, Generation generation) {
    Variable slot = variable(name(weight.name(), kept.name()), kept.shape());
    // The average of Keras 2 begins with the weight, that of Keras 3 takes the first update's.
    boolean asWeight =
        kept.startsAsWeight() || (kept.name().equals(AVERAGE) && generation == Generation.KERAS_2);
    resets.put(
        slot.name(),
        slot.assign(
            tf,
            asWeight
                ? weight.read()
                : tf.fill(tf.constant(kept.shape().asArray()), tf.constant(kept.initial()))));
  }

  /** A network may be trained twice; the second time finds its variables there. */
  private Variable variable(String name, Shape shape) {
    Optional<Variable> there =
        network.variables().stream().filter(v -> v.name().equals(name)).findFirst();
    there.ifPresent(v -> found.add(name));
    Variable variable = there.orElseGet(() -> network.addVariable(name, shape));
    variables.put(name, variable);
    return variable;
  }

  /** The slot {@code name} of a weight. */
  Variable get(Variable weight, String name) {
    return variables.get(name(weight.name(), name));
  }

  /** The average kept beside a weight. */
  Variable average(Variable weight) {
    return variables.get(averageName(weight.name()));
  }

  /**
   * Gives the slots the values they start with.
   *
   * @param keep leaves those alone that were in the network before: the optimizer goes on
   */
  void reset(boolean keep) {
    List<Op> due =
        resets.entrySet().stream()
            .filter(reset -> !keep || !found.contains(reset.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    if (due.isEmpty()) {
      return;
    }
    Session.Runner runner = network.session().runner();
    due.forEach(runner::addTarget);
    network.run(runner).close();
  }
}
