package dev.graft.keras;

import dev.graft.layers.Bidirectional;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.MultiHeadAttention;
import dev.graft.layers.Nested;
import dev.graft.layers.Recurrent;
import dev.graft.layers.Slot;
import dev.graft.layers.SpectralNormalization;
import dev.graft.layers.TimeDistributed;
import dev.graft.model.KerasNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where Keras 3's saving library keeps each weight of a layer, inside the layer's group: {@code
 * vars/0}, {@code cell/vars/1}, {@code query_dense/vars/0}, {@code layers/conv2d_1/vars/0}. Source:
 * Keras 3.15 {@code saving/saving_lib.py} and the attributes of its layers.
 */
final class StatePaths {
  /** By slot name, relative to the outermost layer. */
  private final Map<String, String> paths = new LinkedHashMap<>();

  /** Slot names of what lies in a second place as well, by that place. */
  private final Map<String, String> copies = new LinkedHashMap<>();

  private StatePaths() {}

  /** A layer inside another: where its slots and its group are, and what it is, or null. */
  private record Part(String slots, String path, Layer layer) {}

  /** The path of each variable, by its name. */
  static Map<String, String> of(Layer layer, List<Model.Variable> variables) {
    StatePaths all = collected(layer, variables);
    Map<String, String> byName = new LinkedHashMap<>();
    variables.forEach(v -> byName.put(v.name(), all.paths.get(v.slot().name())));
    return byName;
  }

  /** The variables that Keras writes a second time, by the path of the second. */
  static Map<String, Model.Variable> again(Layer layer, List<Model.Variable> variables) {
    Map<String, Model.Variable> bySlot = new HashMap<>();
    variables.forEach(v -> bySlot.put(v.slot().name(), v));
    Map<String, Model.Variable> again = new LinkedHashMap<>();
    collected(layer, variables).copies.forEach((path, slot) -> again.put(path, bySlot.get(slot)));
    return again;
  }

  private static StatePaths collected(Layer layer, List<Model.Variable> variables) {
    StatePaths all = new StatePaths();
    all.collect(
        layer, variables.stream().map(Model.Variable::slot).toList(), new Part("", "", layer));
    return all;
  }

  /** Takes note of {@code slots}, whose names start after those of {@code place}. */
  private void collect(Layer layer, List<Slot> slots, Part place) {
    if (layer instanceof Nested nested) {
      Map<String, List<Slot>> inner = nested.model().slots();
      LayerPartners.keys(nested.model())
          .forEach(
              (name, key) ->
                  collect(
                      nested.model().layer(name).layer(),
                      inner.getOrDefault(name, List.of()),
                      new Part(
                          place.slots() + name + "/", place.path() + "layers/" + key + "/", null)));
      return;
    }
    List<Slot> own = new ArrayList<>(slots);
    for (Part part : parts(layer)) {
      List<Slot> its = own.stream().filter(slot -> slot.name().startsWith(part.slots())).toList();
      own.removeAll(its);
      collect(
          part.layer(),
          its.stream()
              .map(slot -> slot.renamed(slot.name().substring(part.slots().length())))
              .toList(),
          new Part(place.slots() + part.slots(), place.path() + part.path(), null));
    }
    int number = 0;
    if (layer instanceof SpectralNormalization) {
      // Keras takes the kernel for the wrapper's own weight as well.
      copies.put(place.path() + "vars/0", place.slots() + slots.get(0).name());
      number = 1;
    }
    for (Slot slot : Slot.trainableFirst(own)) {
      paths.put(place.slots() + slot.name(), place.path() + "vars/" + number++);
    }
  }

  /** The layers in {@code layer}, and the attributes that hold them. */
  private static List<Part> parts(Layer layer) {
    if (layer instanceof Bidirectional both) {
      return List.of(
          new Part("forward_layer/", "forward_layer/", both.forward().layer()),
          new Part("backward_layer/", "backward_layer/", both.backward().layer()));
    }
    if (layer instanceof SpectralNormalization normalised) {
      return List.of(new Part("layer/", "layer/", normalised.layer().layer()));
    }
    if (layer instanceof TimeDistributed each) {
      return List.of(new Part("layer/", "layer/", each.layer().layer()));
    }
    if (layer instanceof MultiHeadAttention attention) {
      String own = attention.heads().shared() == null ? "" : "_";
      return List.of(
          new Part("query/", own + "query_dense/", null),
          new Part("key/", own + "key_dense/", null),
          new Part("gate/", "_gate_dense/", null),
          new Part("value/", own + "value_dense/", null),
          new Part("attention_output/", own + "output_dense/", null));
    }
    if (layer instanceof Recurrent recurrent) {
      return cells(recurrent);
    }
    return List.of();
  }

  private static List<Part> cells(Recurrent recurrent) {
    List<String> stacked = recurrent.cellClasses();
    if (stacked.isEmpty()) {
      return List.of(new Part("", "cell/", null));
    }
    KerasNames names = new KerasNames(List.of());
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < stacked.size(); i++) {
      parts.add(
          new Part("cells/" + i + "/", "cell/cells/" + names.next(stacked.get(i)) + "/", null));
    }
    return parts;
  }

  /** The stored tensor for each variable's name; null when their numbers differ. */
  static Map<String, StoredTensor> pairs(
      Layer layer, List<Model.Variable> variables, StoredLayer stored) {
    if (variables.size() + again(layer, variables).size() != stored.tensors().size()) {
      return null;
    }
    Map<String, StoredTensor> byPath = new HashMap<>();
    // tf_keras keeps attributes with a leading underscore that Keras 3 keeps without.
    stored.tensors().forEach(t -> byPath.put(plain(t.name()), t));
    Map<String, StoredTensor> pairs = new LinkedHashMap<>();
    Map<String, String> paths = of(layer, variables);
    for (Model.Variable variable : variables) {
      StoredTensor tensor = byPath.get(plain(paths.get(variable.name())));
      if (tensor == null) {
        return null;
      }
      pairs.put(variable.name(), tensor);
    }
    return pairs;
  }

  private static String plain(String path) {
    return path.replaceAll("(^|/)_", "$1");
  }
}
