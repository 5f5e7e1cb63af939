package dev.graft.keras;

import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.layers.Operation;
import dev.graft.model.KerasNames;
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
        file.layout().byClass() ? byClass(model, file) : byName(model, byLabel, options);
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
      keys.put(entry.name(), names.next(entry.layer().className()));
    }
    return keys;
  }
}
