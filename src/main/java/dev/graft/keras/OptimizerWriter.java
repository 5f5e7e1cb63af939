package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import dev.graft.files.Hdf5GroupWriter;
import dev.graft.layers.Model;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/** Writes an optimizer's state in the order in which Keras reads it back. */
final class OptimizerWriter {
  private static final long[] SCALAR = {};

  private OptimizerWriter() {}

  /** As tf_keras 2.18 has it in a whole-model {@code .h5}. */
  static void byName(Hdf5GroupWriter group, KerasWriter.Contents contents) {
    OptimizerState state = checked(contents);
    String optimizer = contents.compile().optimizer();
    List<String> names = new ArrayList<>(List.of("iteration:0"));
    group.longs("iteration:0", SCALAR, state.iterations());
    for (List<OptimizerSlots.Slot> slots : keras2Slots(contents.compile())) {
      for (Model.Variable variable : variables(contents)) {
        for (OptimizerSlots.Slot slot : slots) {
          if (!slot.idle(variable.slot().shape())) {
            String name = optimizer + "/" + slot.keras2() + "/" + variable.name() + ":0";
            names.add(name);
            write(group, name, variable, slot, state);
          }
        }
      }
    }
    group.attributes().strings("weight_names", names);
  }

  /** tf_keras keeps a momentum for SGD even where it is 0. */
  private static List<List<OptimizerSlots.Slot>> keras2Slots(CompileSettings settings) {
    List<List<OptimizerSlots.Slot>> slots = OptimizerSlots.of(settings);
    boolean idle =
        settings.optimizer().equals("SGD")
            && slots.stream().flatMap(List::stream).noneMatch(s -> s.name().equals("momentum"));
    if (!idle) {
      return slots;
    }
    List<List<OptimizerSlots.Slot>> all = new ArrayList<>(slots);
    all.add(List.of(new OptimizerSlots.Slot("momentum", "m", OptimizerSlots.Form.WEIGHT)));
    return all;
  }

  /** As Keras 3 has it in a {@code .keras} archive. */
  static void byClass(Hdf5GroupWriter group, KerasWriter.Contents contents) {
    OptimizerState state = checked(contents);
    CompileSettings settings = contents.compile();
    group.longs("0", SCALAR, state.iterations());
    int next = 1;
    if (settings.optimizerConfig().get("learning_rate") instanceof Number rate) {
      group.floats("" + next++, SCALAR, rate.floatValue());
    }
    for (List<OptimizerSlots.Slot> slots : OptimizerSlots.of(settings)) {
      for (Model.Variable variable : variables(contents)) {
        for (OptimizerSlots.Slot slot : slots) {
          write(group, "" + next++, variable, slot, state);
        }
      }
    }
    if (settings.optimizer().equals("Nadam")) {
      group.floats("" + next, SCALAR, (float) state.momentumSchedule());
    }
  }

  private static OptimizerState checked(KerasWriter.Contents contents) {
    if (contents.compile() == null || !OptimizerSlots.knows(contents.compile().optimizer())) {
      throw new UnsupportedException(
          "the state of optimizer '"
              + (contents.compile() == null ? "none" : contents.compile().optimizer())
              + "' cannot be written for Keras. Leave the optimizer's state out.");
    }
    return contents.optimizer();
  }

  private static List<Model.Variable> variables(KerasWriter.Contents contents) {
    return contents.model().variables().stream().filter(Model.Variable::trainable).toList();
  }

  private static void write(
      Hdf5GroupWriter group,
      String name,
      Model.Variable variable,
      OptimizerSlots.Slot slot,
      OptimizerState state) {
    Shape shape = slot.shape(variable.slot().shape());
    // A weight thawed after the last update has no slots yet; they start at 0.
    boolean known =
        state.slots().contains(slot.name()) && state.variables().contains(variable.name());
    if (slot.idle(variable.slot().shape())) {
      group.longs(name, SCALAR, 0);
    } else if (known) {
      group.streamed(
          name, shape.asArray(), sink -> state.values().read(slot.name(), variable.name(), sink));
    } else {
      group.floats(name, shape.asArray(), new float[Math.toIntExact(shape.size())]);
    }
  }
}
