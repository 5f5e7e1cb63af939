package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.train.Additions;
import dev.graft.train.Generation;
import dev.graft.train.Loss;
import dev.graft.train.Metric;
import dev.graft.train.Objective;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code loss}, {@code loss_weights}, {@code metrics} and {@code weighted_metrics}. */
final class ObjectiveReader {
  private ObjectiveReader() {}

  /** The objective of a stage for the outputs of {@code model}. */
  static Objective read(Config stage, Model model, Additions own, Generation generation) {
    List<String> names = model.outputs().stream().map(Ref::layer).toList();
    List<Objective.Output> outputs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Config value = forOutput(stage.get("loss"), names, i);
      if (value == null) {
        throw new SettingException(
            stage.where("loss") + ": there is none for the output '" + names.get(i) + "'.");
      }
      Loss loss = own.loss(value);
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
              metrics(own, generation, metricsOf(stage, "metrics", names, i)),
              metrics(own, generation, metricsOf(stage, "weighted_metrics", names, i))));
    }
    return new Objective(outputs, generation);
  }

  /** The loss of the first output, before the model is known. */
  static Loss firstLoss(Config stage, Additions own) {
    Config value = stage.get("loss");
    if (value.isList()) {
      return own.loss(value.items().get(0));
    }
    return own.loss(byOutput(value) ? value.get(value.keys().get(0)) : value);
  }

  /** Whether losses are given by output name: one loss with its settings looks much the same. */
  private static boolean byOutput(Config value) {
    List<String> keys = value.isObject() ? value.keys() : List.of();
    return !keys.contains("class_name")
        && (keys.size() > 1 || (keys.size() == 1 && value.get(keys.get(0)).isString()));
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

  private static List<Metric> metrics(Additions own, Generation generation, List<Config> items) {
    return items.stream().map(value -> own.metric(value, generation)).toList();
  }

  private static List<Config> metricsOf(Config stage, String key, List<String> names, int index) {
    if (!stage.has(key)) {
      return List.of();
    }
    Config value = stage.get(key);
    boolean byName = value.isObject() && !value.keys().isEmpty() && names.containsAll(value.keys());
    boolean byPlace = names.size() > 1 && value.isList();
    Config mine = byName || byPlace ? forOutput(value, names, index) : value;
    if (mine == null) {
      return List.of();
    }
    return mine.isList() ? mine.items() : List.of(mine);
  }
}
