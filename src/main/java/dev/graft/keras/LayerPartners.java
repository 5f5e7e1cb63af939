package dev.graft.keras;

import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.layers.Operation;
import dev.graft.model.KerasNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the layer of a file for each layer of a model. */
final class LayerPartners {
  private LayerPartners() {}

  /** The file's layer by the name of the model's. */
  static Map<String, StoredLayer> of(Model model, WeightFile file, LoadOptions options) {
    Map<String, StoredLayer> byLabel = new HashMap<>();
    file.layers().forEach(layer -> byLabel.put(layer.label(), layer));
    checkRenames(options.renames(), byLabel.keySet());
    Map<String, StoredLayer> partners =
        file.layout().byClass() ? byClass(model, file) : byLabel(model, file, byLabel, options);
    options.renames().forEach((old, name) -> partners.put(name, byLabel.get(old)));
    return partners;
  }

  private static void checkRenames(Map<String, String> renames, Set<String> labels) {
    for (String old : renames.keySet()) {
      if (!labels.contains(old)) {
        throw new SettingException(
            "map "
                + old
                + "="
                + renames.get(old)
                + ": the file has no layer '"
                + old
                + "'."
                + dev.graft.config.Nearest.hint(old, labels));
      }
    }
  }

  /** By name; or, where a layer's name is not in the file, as Keras does it: in order. */
  private static Map<String, StoredLayer> byLabel(
      Model model, WeightFile file, Map<String, StoredLayer> byLabel, LoadOptions options) {
    Map<String, StoredLayer> named = byName(model, byLabel, options);
    if (options.byName() || !options.renames().isEmpty()) {
      return named;
    }
    Map<String, List<Model.Variable>> wanted = new LinkedHashMap<>();
    for (Model.Variable variable : model.variables()) {
      wanted.computeIfAbsent(variable.layer(), k -> new ArrayList<>()).add(variable);
    }
    if (named.keySet().containsAll(wanted.keySet())) {
      return named;
    }
    Map<String, StoredLayer> ordered = inOrder(wanted, file);
    return ordered == null ? named : ordered;
  }

  /**
   * The file's layers that have weights, one after the other, for the model's; null when they do
   * not fit. A file without the model's last layers, its classifier, fits the others. Source:
   * {@code load_weights_from_hdf5_group}, Keras 3.15 {@code legacy/saving/legacy_h5_format.py}.
   * Keras asks for sizes alone; here names may differ in their automatic number ({@code conv2d_94}
   * and {@code conv2d}) and in the slash that Keras 3 writes as an underscore ({@code conv1/bn},
   * {@code conv1_bn}), so that a layer of another name is not taken for this one.
   */
  private static Map<String, StoredLayer> inOrder(
      Map<String, List<Model.Variable>> wanted, WeightFile file) {
    List<StoredLayer> stored =
        file.layers().stream().filter(layer -> !layer.tensors().isEmpty()).toList();
    Map<String, StoredLayer> partners = new LinkedHashMap<>();
    for (Map.Entry<String, List<Model.Variable>> layer : wanted.entrySet()) {
      if (partners.size() == stored.size()) {
        return partners.isEmpty() ? null : partners;
      }
      StoredLayer next = stored.get(partners.size());
      if (!stem(layer.getKey()).equals(stem(next.label())) || !fits(layer.getValue(), next)) {
        return null;
      }
      partners.put(layer.getKey(), next);
    }
    return partners.size() == stored.size() ? partners : null;
  }

  private static String stem(String name) {
    return name.replace('/', '_').replaceAll("_\\d+$", "");
  }

  /** True when {@code stored} has as many tensors, of the same sizes whatever their order. */
  private static boolean fits(List<Model.Variable> variables, StoredLayer stored) {
    return stored != null
        && sizes(variables.stream().map(v -> v.slot().shape()))
            .equals(sizes(stored.tensors().stream().map(StoredTensor::shape)));
  }

  private static List<String> sizes(java.util.stream.Stream<org.tensorflow.ndarray.Shape> shapes) {
    return shapes.map(shape -> java.util.Arrays.toString(shape.asArray())).sorted().toList();
  }

  private static Map<String, StoredLayer> byName(
      Model model, Map<String, StoredLayer> byLabel, LoadOptions options) {
    Map<String, StoredLayer> partners = new LinkedHashMap<>();
    for (Model.Entry entry : model.layers()) {
      StoredLayer layer = byLabel.get(entry.name());
      if (layer != null && !options.renames().containsKey(entry.name())) {
        partners.put(entry.name(), layer);
      }
    }
    return partners;
  }

  /** By the name kept beside the tensors, where every layer has its own; else by class. */
  private static Map<String, StoredLayer> byClass(Model model, WeightFile file) {
    Map<String, StoredLayer> byName = new HashMap<>();
    Map<String, StoredLayer> byKey = new HashMap<>();
    for (StoredLayer layer : file.layers()) {
      byKey.put(layer.key(), layer);
      if (layer.name() != null) {
        byName.put(layer.name(), layer);
      }
    }
    Map<String, String> keys = keys(model);
    Set<String> names = new HashSet<>(keys.keySet());
    boolean named = names.stream().anyMatch(byName::containsKey);
    Map<String, StoredLayer> partners = new LinkedHashMap<>();
    keys.forEach(
        (name, key) -> {
          StoredLayer layer = named ? byName.get(name) : byKey.get(key);
          if (layer != null) {
            partners.put(name, layer);
          }
        });
    return partners;
  }

  /**
   * The name Keras 3's saving library gives each layer, by the layer's name: its class, counted.
   * Source: Keras 3.15 {@code saving/saving_lib.py _save_container_state}.
   */
  static Map<String, String> keys(Model model) {
    KerasNames names = new KerasNames(List.of());
    Map<String, String> keys = new LinkedHashMap<>();
    for (Model.Entry entry : model.kerasLayers()) {
      // Keras 3 takes its operations for no layers: they get no group.
      if (entry.layer() instanceof Operation operation && !operation.isLayer()) {
        continue;
      }
      keys.put(entry.name(), names.next(ClassNames.python(entry.layer().className())));
    }
    return keys;
  }
}
