package dev.graft.train;

import dev.graft.files.FloatSink;
import dev.graft.keras.OptimizerState;
import dev.graft.layers.Model;
import dev.graft.layers.WeightStore;
import dev.graft.network.Network;
import dev.graft.network.Variable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/** What an optimizer remembers, out of a network that was trained and into one that goes on. */
public final class OptimizerMemory {
  private OptimizerMemory() {}

  /**
   * What {@code optimizer} keeps in {@code network}, whose weights it trained. Values are read when
   * they are asked for, while the network is open.
   *
   * @param iterations steps done so far
   */
  public static OptimizerState of(Network network, Optimizer optimizer, long iterations) {
    Set<String> there = new HashSet<>();
    network.variables().stream().map(Variable::name).forEach(there::add);
    List<String> slots = new ArrayList<>();
    List<String> weights = new ArrayList<>();
    double product = 1;
    for (Model.Variable weight : network.model().variables()) {
      if (!weight.trainable()) {
        continue;
      }
      boolean whole = true;
      for (Rule.Slot slot : Slots.of(optimizer, weight.slot().shape())) {
        String name = Slots.name(weight.name(), slot.name());
        whole &= there.contains(name);
        if (slot.group() == Rule.Slot.SHARED && there.contains(name)) {
          product = network.values(name)[0];
        } else if (slot.group() != Rule.Slot.INTERNAL && !slots.contains(slot.name())) {
          slots.add(slot.name());
        }
      }
      if (whole) {
        weights.add(weight.name());
      }
    }
    List<String> order =
        slots.stream()
            .flatMap(slot -> weights.stream().map(weight -> Slots.name(weight, slot)))
            .filter(there::contains)
            .toList();
    Kept values = new Kept(network.unchanging(order));
    return new OptimizerState(iterations, slots, weights, values, product);
  }

  /** The values of slots under the names that a network has for them. */
  private record Kept(WeightStore store) implements OptimizerState.Values {
    @Override
    public float[] values(String slot, String weight) {
      return store.values(Slots.name(weight, slot));
    }

    @Override
    public void read(String slot, String weight, FloatSink sink) {
      store.read(Slots.name(weight, slot), sink);
    }
  }

  /**
   * Gives {@code network}, which is to be trained with {@code optimizer}, the slots of a file. A
   * weight that the file has none for starts with fresh ones.
   *
   * @param state read while its file is open
   */
  public static void into(Network network, Optimizer optimizer, OptimizerState state) {
    for (Model.Variable weight : network.model().variables()) {
      if (!weight.trainable() || !state.variables().contains(weight.name())) {
        continue;
      }
      Shape shape = weight.slot().shape();
      for (Rule.Slot slot : Slots.of(optimizer, shape)) {
        String name = Slots.name(weight.name(), slot.name());
        if (slot.group() == Rule.Slot.SHARED) {
          network.addVariable(name, slot.shape());
          network.assign(name, new float[] {(float) state.momentumSchedule()});
        } else if (state.slots().contains(slot.name())) {
          network.addVariable(name, slot.shape());
          network.assign(name, state.values().values(slot.name(), weight.name()));
        }
      }
    }
  }
}
