package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.error.DataException;
import dev.graft.layers.DType;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import java.util.ArrayList;
import java.util.List;

/** Refuses examples that do not fit a network and its losses, before anything is run. */
public final class DataCheck {
  private DataCheck() {}

  /** Checks number and shapes of inputs and targets. */
  public static void check(String where, Examples examples, Model model, Objective objective) {
    if (examples.size() == 0) {
      throw new DataException(where + ": there are no examples. Check the data.");
    }
    List<Spec> inputs = new ArrayList<>();
    model.inputs().forEach(ref -> inputs.add(model.specs().get(ref)));
    count(where, "inputs", inputs.size(), examples.inputs().size());
    for (int i = 0; i < inputs.size(); i++) {
      Spec came = examples.inputs().get(i).spec();
      boolean texts = inputs.get(i).dtype() == DType.STRING;
      if (texts != (came.dtype() == DType.STRING)) {
        throw new DataException(
            where
                + ": input '"
                + model.inputs().get(i).layer()
                + "': the model takes "
                + (texts
                    ? "texts, the examples have numbers."
                    : "numbers, the examples have texts.")
                + " Give it data of that kind.");
      }
      if (!fits(inputs.get(i), came)) {
        throw new DataException(
            where
                + ": input '"
                + model.inputs().get(i).layer()
                + "': the model expects "
                + inputs.get(i)
                + ", the examples have "
                + came
                + ". Prepare them in the model's size, or build the model for theirs.");
      }
    }
    targets(where, examples, model, objective);
  }

  private static void targets(String where, Examples examples, Model model, Objective objective) {
    count(where, "targets", objective.outputs().size(), examples.targets().size());
    for (int i = 0; i < objective.outputs().size(); i++) {
      Ref output = model.outputs().get(i);
      Loss loss = objective.outputs().get(i).loss();
      Spec expected = loss.target(model.specs().get(output));
      Spec came = examples.targets().get(i).spec();
      if (!fits(expected, came)) {
        throw new DataException(
            where
                + ": output '"
                + output.layer()
                + "' with the loss "
                + loss.name()
                + ": expected targets "
                + expected
                + ", the examples have "
                + came
                + "."
                + advice(loss, expected, came));
      }
    }
  }

  private static String advice(Loss loss, Spec expected, Spec came) {
    if (loss.labels() == Loss.Labels.CATEGORICAL && came.size(-1) == 1) {
      return " For labels that are class numbers take sparse_categorical_crossentropy.";
    }
    if (loss.labels() == Loss.Labels.SPARSE && came.rank() == expected.rank()) {
      return " For one-hot labels take categorical_crossentropy.";
    }
    return " Give the last layer as many units as a target has values.";
  }

  private static void count(String where, String what, int expected, int came) {
    if (expected != came) {
      throw new DataException(
          where
              + ": the network has "
              + expected
              + " "
              + what
              + ", the examples have "
              + came
              + ". Give one for each, by name.");
    }
  }

  private static boolean fits(Spec expected, Spec came) {
    if (expected.rank() != came.rank()) {
      return false;
    }
    for (int i = 1; i < expected.rank(); i++) {
      if (expected.size(i) >= 0 && came.size(i) >= 0 && expected.size(i) != came.size(i)) {
        return false;
      }
    }
    return true;
  }
}
