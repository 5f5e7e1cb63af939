package dev.graft.recipe;

import dev.graft.data.Examples;
import dev.graft.error.ShapeException;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.train.Loss;
import dev.graft.train.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether inputs and targets of data are those that a model and its losses want. */
final class DataFit {
  private DataFit() {}

  /**
   * Checks shapes.
   *
   * @param where begins the message of an error
   * @throws ShapeException naming what the model expects and what the data has
   */
  static void check(String where, Model model, Objective objective, Examples data) {
    Map<Ref, Spec> specs = model.specs();
    check(where, "input", model.inputs().stream().map(specs::get).toList(), data.inputs());
    List<Spec> targets = new ArrayList<>();
    for (int i = 0; i < model.outputs().size(); i++) {
      Spec output = specs.get(model.outputs().get(i));
      Loss loss = objective.outputs().get(i).loss();
      targets.add(loss.labels() == Loss.Labels.SPARSE ? output.withLast(1) : output);
    }
    check(where, "target", targets, data.targets());
  }

  private static void check(
      String where, String what, List<Spec> model, List<Examples.Field> data) {
    if (model.size() != data.size()) {
      throw new ShapeException(
          where
              + ": the model has "
              + count(model.size(), what)
              + ", the data "
              + count(data.size(), what)
              + ".");
    }
    for (int i = 0; i < model.size(); i++) {
      Spec wanted = model.get(i);
      Spec came = data.get(i).spec();
      boolean same = wanted.rank() == came.rank();
      for (int d = 1; same && d < wanted.rank(); d++) {
        same = wanted.size(d) < 0 || came.size(d) < 0 || wanted.size(d) == came.size(d);
      }
      if (!same) {
        throw new ShapeException(
            where
                + ": "
                + what
                + ": the model expects "
                + wanted
                + ", the data has "
                + came
                + ". Check the head's units, the labels and the size of pictures.");
      }
    }
  }

  private static String count(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
