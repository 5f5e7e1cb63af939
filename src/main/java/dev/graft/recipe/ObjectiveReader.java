package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.train.Generation;
import dev.graft.train.Loss;
import dev.graft.train.Losses;
import dev.graft.train.Metric;
import dev.graft.train.Metrics;
import dev.graft.train.Objective;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code loss}, {@code loss_weights}, {@code metrics} and {@code weighted_metrics}. */
final class ObjectiveReader {
  private ObjectiveReader() {}

  /** The objective of a stage for the outputs of {@code model}. */
  static Objective read(Config stage, Model model, Generation generation) {
    List<String> names = model.outputs().stream().map(Ref::layer).toList();
    List<Objective.Output> outputs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Config value = forOutput(stage.get("loss"), names, i);
      if (value == null) {
        throw new SettingException(
            stage.where("loss") + ": there is none for the output '" + names.get(i) + "'.");
      }
      Loss loss = Losses.read(value);
      double weight = 1;
      if (stage.has("loss_weights")) {
        Config weights = forOutput(stage.get("loss_weights"), names, i);
        weight = weights == null ? 1 : weights.number();
      }
      outputs.add(
          new Objective.Output(
              names.get(i),
              loss,
              weight,
              metrics(given(stage, "metrics", names, i), generation),
              metrics(given(stage, "weighted_metrics", names, i), generation)));
    }
    return new Objective(outputs, generation);
  }

  /** The loss of the first output, before the model is known. */
  static Loss firstLoss(Config stage) {
    Config value = stage.get("loss");
    if (value.isList()) {
      return Losses.read(value.items().get(0));
    }
    return Losses.read(value);
  }

  /** The value for one output: given by output name, by position, or one for all. */
  private static Config forOutput(Config value, List<String> names, int index) {
    if (value.isObject() && !value.keys().isEmpty() && names.containsAll(value.keys())) {
      return value.has(names.get(index)) ? value.get(names.get(index)) : null;
    }
    if (value.isList()) {
      List<Config> items = value.items();
      if (items.size() != names.size()) {
        throw value.wrong("one for each of the outputs " + names);
      }
      return items.get(index);
    }
    return value;
  }

  /** What {@code key} says of one output; null when nothing. */
  private static Config given(Config stage, String key, List<String> names, int index) {
    if (!stage.has(key)) {
      return null;
    }
    Config value = stage.get(key);
    boolean byName = value.isObject() && !value.keys().isEmpty() && names.containsAll(value.keys());
    boolean byPlace = names.size() > 1 && value.isList();
    return byName || byPlace ? forOutput(value, names, index) : value;
  }

  private static List<Metric> metrics(Config given, Generation generation) {
    if (given == null) {
      return List.of();
    }
    List<Config> items = given.isList() ? given.items() : List.of(given);
    return items.stream().map(value -> Metrics.read(value, generation)).toList();
  }
}
