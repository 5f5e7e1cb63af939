package dev.graft.keras;

import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where Keras 3's saving library keeps each weight of a layer, inside the layer's group: {@code
 * vars/0}, {@code cell/vars/1}, {@code query_dense/vars/0}. Source: Keras 3.15 {@code
 * saving/saving_lib.py} and the attributes of its layers.
 */
final class StatePaths {
  private StatePaths() {}

  /** The path of each variable, by its name. */
  static Map<String, String> of(Layer layer, List<Model.Variable> variables) {
    List<Model.Variable> order = new ArrayList<>();
    variables.stream().filter(v -> v.slot().trainable()).forEach(order::add);
    variables.stream().filter(v -> !v.slot().trainable()).forEach(order::add);
    Map<String, Integer> next = new HashMap<>();
    Map<String, String> paths = new LinkedHashMap<>();
    for (Model.Variable variable : order) {
      String holder = holder(layer);
      int number = next.merge(holder, 1, Integer::sum) - 1;
      paths.put(variable.name(), holder + "vars/" + number);
    }
    return paths;
  }

  /** The attributes that lead from the layer to what holds its weights, each with a slash. */
  private static String holder(Layer layer) {
    return switch (layer.className()) {
      case "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D" -> "cell/";
      default -> "";
    };
  }

  /** The stored tensor for each variable's name; null when their numbers differ. */
  static Map<String, StoredTensor> pairs(
      Layer layer, List<Model.Variable> variables, StoredLayer stored) {
    if (variables.size() != stored.tensors().size()) {
      return null;
    }
    Map<String, StoredTensor> byPath = new HashMap<>();
    stored.tensors().forEach(tensor -> byPath.put(tensor.name(), tensor));
    Map<String, StoredTensor> pairs = new LinkedHashMap<>();
    Map<String, String> paths = of(layer, variables);
    for (Model.Variable variable : variables) {
      StoredTensor tensor = byPath.get(paths.get(variable.name()));
      if (tensor == null) {
        return null;
      }
      pairs.put(variable.name(), tensor);
    }
    return pairs;
  }
}
