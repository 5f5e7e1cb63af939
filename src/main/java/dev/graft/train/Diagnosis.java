package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Examples;
import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import dev.graft.error.TrainingException;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import dev.graft.layers.WeightStore;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.network.Variable;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Says why a step failed. Nothing was updated by it, because every update waits for a finite loss,
 * so the step can be looked at again.
 */
final class Diagnosis {
  private final Network network;
  private final Scoring scoring;
  private final Examples examples;

  Diagnosis(Network network, Scoring scoring, Examples examples) {
    this.network = network;
    this.scoring = scoring;
    this.examples = examples;
  }

  /** The label out of range in {@code batch}, or null when all are in range. */
  GraftException labels(String where, Batch batch) {
    for (int i = 0; i < scoring.targets().size(); i++) {
      GraftException refused = refused(where, batch, i);
      if (refused != null) {
        return refused;
      }
      long classes = scoring.classes(i);
      if (classes > 0) {
        float[] labels = Tensors.read(batch.targets().get(i));
        int perExample = labels.length / batch.size();
        for (int k = 0; k < labels.length; k++) {
          if (!scoring.inRange(i, labels[k])) {
            return new DataException(
                where
                    + ": the label of "
                    + examples.name(batch.rows()[k / perExample])
                    + " is "
                    + (labels[k] == Math.rint(labels[k])
                        ? Long.toString((long) labels[k])
                        : labels[k])
                    + ", but the network has "
                    + classes
                    + " outputs, so labels go from 0 to "
                    + (classes - 1)
                    + ". Check the labels, or give the last layer as many units as there are"
                    + " classes.");
          }
        }
      }
    }
    return null;
  }

  /** What the loss of output {@code index} has against an example of {@code batch}, or null. */
  private GraftException refused(String where, Batch batch, int index) {
    float[] targets = Tensors.read(batch.targets().get(index));
    int perExample = targets.length / batch.size();
    for (int row = 0; row < batch.size(); row++) {
      float[] own = Arrays.copyOfRange(targets, row * perExample, (row + 1) * perExample);
      String complaint =
          scoring.loss(index).complaint(own, scoring.path().outputs().get(index).shape());
      if (complaint != null) {
        return new DataException(
            where + ": the labels of " + examples.name(batch.rows()[row]) + " " + complaint);
      }
    }
    return null;
  }

  /**
   * What is wrong with a step whose loss is not finite: the first weight, input or layer that holds
   * a value that is no finite number.
   *
   * @param step the number of the update since training began, which seeds random ops
   */
  TrainingException loss(String where, Batch batch, long step) {
    return new TrainingException(
        where
            + ": the loss is not a finite number. "
            + first(batch, step)
            + " Lower the learning rate, clip the gradients, or look at these examples.");
  }

  private String first(Batch batch, long step) {
    WeightStore values = network.unchanging();
    for (Variable variable : network.variables()) {
      if (!finite(values.values(variable.name()))) {
        return "The weight '" + variable.name() + "' went bad first, in the update before.";
      }
    }
    for (int i = 0; i < batch.inputs().size(); i++) {
      int bad = firstBad(batch.inputs().get(i), batch.size());
      if (bad >= 0) {
        return "The input of " + examples.name(batch.rows()[bad]) + " already is not finite.";
      }
    }
    for (Tensor target : batch.targets()) {
      int bad = firstBad(target, batch.size());
      if (bad >= 0) {
        return "The target of " + examples.name(batch.rows()[bad]) + " is not finite.";
      }
    }
    String layer = layer(batch, step);
    return layer == null
        ? "All layers give finite outputs; the loss itself overflows."
        : "The output of layer '" + layer + "' went bad first.";
  }

  /** The first layer whose output is not finite, or null. */
  private String layer(Batch batch, long step) {
    Path trained = scoring.path();
    List<Ref> outputs = computed(trained.from());
    Path all = network.path(Path.Mode.TRAINING, trained.from(), outputs);
    Session.Runner runner = network.session().runner();
    for (int i = 0; i < all.feeds().size(); i++) {
      runner.feed(all.feeds().get(i), batch.inputs().get(i));
    }
    all.outputs().forEach(runner::fetch);
    try (TInt64 number = Tensors.longs(new long[] {step});
        Result result = runner.feed(network.step(), number).run()) {
      for (int i = 0; i < outputs.size(); i++) {
        if (!finite(Tensors.read(result.get(i)))) {
          return outputs.get(i).layer();
        }
      }
    }
    return null;
  }

  /** The tensors of floats that come after {@code from}, in the order in which they are made. */
  private List<Ref> computed(List<Ref> from) {
    Map<Ref, Spec> specs = network.model().specs();
    Set<Ref> known = new HashSet<>(from);
    List<Ref> after = new ArrayList<>();
    for (Use use : network.model().uses()) {
      Ref ref = new Ref(use.layer(), use.node(), 0);
      if (!use.inputs().isEmpty() && known.containsAll(use.inputs()) && known.add(ref)) {
        for (int i = 1; specs.containsKey(new Ref(use.layer(), use.node(), i)); i++) {
          known.add(new Ref(use.layer(), use.node(), i));
        }
        if (specs.get(ref).dtype().floating()) {
          after.add(ref);
        }
      }
    }
    return after;
  }

  /** The first example with a value that is not finite, or -1. */
  private static int firstBad(Tensor tensor, int size) {
    if (!(tensor instanceof TFloat32)) {
      return -1;
    }
    float[] values = Tensors.read(tensor);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return i / (values.length / size);
      }
    }
    return -1;
  }

  private static boolean finite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
