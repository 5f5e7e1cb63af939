package dev.graft.keras;

import dev.graft.layers.Bidirectional;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.TimeDistributed;
import dev.graft.model.KerasNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where Keras 3's saving library keeps each weight of a layer, inside the layer's group: {@code
 * vars/0}, {@code cell/vars/1}, {@code query_dense/vars/0}, {@code layers/dense/vars/0}. Source:
 * Keras 3.15 {@code saving/saving_lib.py} and the attributes of its layers.
 */
final class StatePaths {
  /** Attributes of attention layers by the names of the layers they hold. */
  private static final Map<String, String> ATTENTION =
      Map.of(
          "query", "query_dense/",
          "key", "key_dense/",
          "value", "value_dense/",
          "gate", "_gate_dense/",
          "attention_output", "output_dense/");

  private StatePaths() {}

  /** The path of each variable, by its name. */
  static Map<String, String> of(Layer layer, List<Model.Variable> variables) {
    List<Model.Variable> order = new ArrayList<>();
    variables.stream().filter(v -> v.slot().trainable()).forEach(order::add);
    variables.stream().filter(v -> !v.slot().trainable()).forEach(order::add);
    Map<String, Integer> next = new HashMap<>();
    Map<String, String> paths = new LinkedHashMap<>();
    for (Model.Variable variable : order) {
      String holder = holder(layer, variable.slot().name());
      int number = next.merge(holder, 1, Integer::sum) - 1;
      paths.put(variable.name(), holder + "vars/" + number);
    }
    return paths;
  }

  /** The attributes that lead from the layer to what holds the weight, each with a slash. */
  private static String holder(Layer layer, String slot) {
    int slash = slot.indexOf('/');
    String first = slash < 0 ? "" : slot.substring(0, slash);
    String rest = slot.substring(slash + 1);
    if (layer instanceof Bidirectional ways) {
      Model.Entry way = first.equals("forward_layer") ? ways.forward() : ways.backward();
      return first + "/" + holder(way.layer(), rest);
    }
    if (layer instanceof TimeDistributed steps) {
      return "layer/" + holder(steps.layer().layer(), rest);
    }
    if (layer instanceof Nested nested) {
      // A layer's own name may have slashes too.
      Model.Entry inner =
          nested.model().layers().stream()
              .filter(entry -> slot.startsWith(entry.name() + "/"))
              .max(java.util.Comparator.comparingInt(entry -> entry.name().length()))
              .orElseThrow();
      String key = LayerPartners.keys(nested.model()).get(inner.name());
      String left = slot.substring(inner.name().length() + 1);
      return "layers/" + key + "/" + holder(inner.layer(), left);
    }
    return switch (layer.className()) {
      case "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D" -> "cell/";
      case "RNN" -> "cell/" + cells(layer.config().get("cell"), slot);
      case "MultiHeadAttention" -> ATTENTION.get(first);
      default -> slash < 0 ? "" : first + "/";
    };
  }

  /** Stacked cells have their weights under {@code cells/0}, {@code cells/1}, … */
  private static String cells(Object cell, String slot) {
    if (!slot.startsWith("cells/")
        || !(cell instanceof Map<?, ?> stack)
        || !(stack.get("config") instanceof Map<?, ?> config)
        || !(config.get("cells") instanceof List<?> cells)) {
      return "";
    }
    String rest = slot.substring("cells/".length());
    int number = Integer.parseInt(rest.substring(0, rest.indexOf('/')));
    KerasNames names = new KerasNames(List.of());
    String key = "";
    for (Object each : cells.subList(0, number + 1)) {
      key = names.next((String) ((Map<?, ?>) each).get("class_name"));
    }
    return "cells/" + key + "/" + cells(cells.get(number), rest.substring(rest.indexOf('/') + 1));
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
