package dev.graft.keras;

import dev.graft.error.WeightException;
import dev.graft.files.FloatSink;
import dev.graft.keras.LoadReport.Item;
import dev.graft.keras.LoadReport.Outcome;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.WeightStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * Which tensor of a weights file belongs to which weight of a model.
 *
 * <p>Layers are found by name (in a file that numbers its classes without naming layers, by class
 * and number), tensors within a layer by name or else in Keras's order, and every shape is checked.
 * All that is found out without reading a value.
 */
public final class WeightMatch {
  private final Model model;
  private final WeightFile file;
  private final LoadOptions options;
  private final Map<String, List<Model.Variable>> wanted = new LinkedHashMap<>();
  private final Map<String, StoredTensor> found = new HashMap<>();
  private final Map<String, Item> modelItems = new LinkedHashMap<>();
  private final List<Item> fileItems = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> misfits = new ArrayList<>();

  private WeightMatch(Model model, WeightFile file, LoadOptions options) {
    this.model = model;
    this.file = file;
    this.options = options;
  }

  /**
   * Matches {@code file} with {@code model}.
   *
   * @throws WeightException when a tensor of either is left without a partner, or has another
   *     shape, and {@code options} do not allow it
   */
  public static WeightMatch of(Model model, WeightFile file, LoadOptions options) {
    WeightMatch match = new WeightMatch(model, file, options);
    match.run();
    return match;
  }

  /** What becomes of every tensor. */
  public LoadReport report() {
    List<Item> items = new ArrayList<>(modelItems.values());
    items.addAll(fileItems);
    return new LoadReport(file.path().toString(), items);
  }

  /** True when the file has values for {@code variable} ({@code layer/slot}). */
  public boolean has(String variable) {
    return found.containsKey(variable);
  }

  /**
   * The file's values, read one tensor at a time while the file is open.
   *
   * <p>Reading a tensor with NaN or infinity in it is a {@link WeightException}, unless the options
   * allow that.
   *
   * @param rest is asked for the weights that are initialised
   */
  public WeightStore store(WeightStore rest) {
    return new WeightStore() {
      @Override
      public float[] values(String variable) {
        StoredTensor tensor = found.get(variable);
        return tensor == null
            ? rest.values(variable)
            : options.allowNan() ? tensor.values() : finite(variable, tensor).values();
      }

      @Override
      public void read(String variable, FloatSink sink) {
        StoredTensor tensor = found.get(variable);
        if (tensor == null) {
          rest.read(variable, sink);
        } else if (options.allowNan()) {
          tensor.read(sink);
        } else {
          finite(variable, tensor).read(sink);
        }
      }
    };
  }

  private FiniteValues finite(String variable, StoredTensor tensor) {
    return new FiniteValues(file.path(), variable, tensor);
  }

  private void run() {
    for (Model.Variable variable : model.variables()) {
      wanted.computeIfAbsent(variable.layer(), k -> new ArrayList<>()).add(variable);
    }
    Map<String, StoredLayer> partners =
        LayerPartners.of(options.whole() == null ? model : options.whole(), file, options);
    boolean turned = kernelsTurned(partners);
    Set<StoredLayer> used = new HashSet<>();
    wanted.forEach(
        (layer, variables) -> {
          StoredLayer partner = partners.get(layer);
          if (options.fresh().contains(layer)) {
            initialise(variables, "a new layer");
          } else if (partner == null || partner.tensors().isEmpty()) {
            absent(layer, variables);
          } else {
            used.add(partner);
            pair(layer, variables, partner, turned);
          }
        });
    List<String> left = leftOver(partners, used);
    refuse(left, used.isEmpty());
  }

  private boolean kernelsTurned(Map<String, StoredLayer> partners) {
    return wanted.entrySet().stream()
        .filter(layer -> partners.containsKey(layer.getKey()))
        .anyMatch(
            layer ->
                OldWeights.turned(
                    model.layer(layer.getKey()).layer(),
                    layer.getValue(),
                    partners.get(layer.getKey())));
  }

  private void absent(String layer, List<Model.Variable> variables) {
    initialise(variables, "the file has no weights of layer '" + layer + "'");
    if (!options.byName()) {
      missing.add(layer);
    }
  }

  private void initialise(List<Model.Variable> variables, String why) {
    for (Model.Variable variable : variables) {
      modelItems.put(
          variable.name(),
          new Item(Outcome.INITIALISED, variable.name(), variable.slot().shape(), null, null, why));
    }
  }

  private void pair(
      String layerName, List<Model.Variable> variables, StoredLayer partner, boolean turned) {
    Layer layer = model.layer(layerName).layer();
    StoredLayer stored = partner;
    Map<String, StoredTensor> pairs;
    if (file.layout().byClass()) {
      stored = weights(partner, layer);
      pairs = StatePaths.pairs(layer, variables, stored);
    } else {
      StoredLayer kept = weights(partner, layer);
      stored = OldWeights.convert(layer, variables, kept, file.writer(), turned);
      pairs = SlotPairs.byName(variables, stored);
    }
    if (pairs == null) {
      numberDiffers(layerName, variables, stored);
      return;
    }
    for (Model.Variable variable : variables) {
      StoredTensor tensor = pairs.get(variable.name());
      Shape shape = variable.slot().shape();
      String path = partner.label() + "/" + tensor.name();
      if (shape.equals(tensor.shape())) {
        found.put(variable.name(), tensor);
        modelItems.put(
            variable.name(),
            new Item(Outcome.LOADED, variable.name(), shape, path, tensor.shape(), ""));
      } else {
        modelItems.put(
            variable.name(),
            new Item(
                Outcome.INITIALISED,
                variable.name(),
                shape,
                path,
                tensor.shape(),
                "the file's shape differs"));
        misfits.add(Misfit.shape(file, model.layer(layerName), variable, tensor));
      }
    }
  }

  private void numberDiffers(String layerName, List<Model.Variable> variables, StoredLayer stored) {
    initialise(variables, "the file's layer has " + stored.tensors().size() + " weights");
    for (StoredTensor tensor : stored.tensors()) {
      skip(stored, tensor, "the model's layer has " + variables.size() + " weights");
    }
    misfits.add(Misfit.number(file, model.layer(layerName), variables, stored));
  }

  /**
   * The file's layer without what Keras keeps among its weights and is none: the state of a random
   * generator, what the words of a lookup weigh.
   *
   * @param own the model's layer, or null
   */
  private StoredLayer weights(StoredLayer layer, Layer own) {
    List<StoredTensor> weights = new ArrayList<>();
    for (StoredTensor tensor : layer.tensors()) {
      if (file.layout().byClass() && tensor.name().contains("seed_generator/")) {
        skip(layer, tensor, "the state of a random generator");
      } else if (Learned.says(tensor, own, file.layout())) {
        skip(layer, tensor, "read with the settings of the layer");
      } else {
        weights.add(tensor);
      }
    }
    return layer.with(weights);
  }

  private void skip(StoredLayer layer, StoredTensor tensor, String why) {
    fileItems.add(
        new Item(
            Outcome.SKIPPED, null, null, layer.label() + "/" + tensor.name(), tensor.shape(), why));
  }

  /** Labels of the file's layers that nobody claims and nobody excuses. */
  private List<String> leftOver(Map<String, StoredLayer> partners, Set<StoredLayer> used) {
    Map<StoredLayer, String> names = new HashMap<>();
    partners.forEach((name, layer) -> names.put(layer, name));
    List<String> left = new ArrayList<>();
    for (StoredLayer layer : file.layers()) {
      List<StoredTensor> tensors =
          used.contains(layer) ? List.of() : weights(layer, own(names.get(layer))).tensors();
      if (!tensors.isEmpty()) {
        String excuse = excuse(names.getOrDefault(layer, layer.label()));
        if (excuse == null) {
          left.add(layer.label());
        }
        String why = excuse == null ? "the model has no such layer" : excuse;
        tensors.forEach(tensor -> skip(layer, tensor, why));
      }
    }
    return left;
  }

  private Layer own(String name) {
    return model.layers().stream()
        .filter(entry -> entry.name().equals(name))
        .map(Model.Entry::layer)
        .findFirst()
        .orElse(null);
  }

  private String excuse(String name) {
    if (options.fresh().contains(name)) {
      return "the model's layer is new";
    }
    if (options.whole() != null
        && options.whole().layers().stream().anyMatch(entry -> entry.name().equals(name))) {
      return "beyond the cut";
    }
    return options.byName() ? "the model has no such layer" : null;
  }

  private void refuse(List<String> left, boolean nothing) {
    if (!wanted.isEmpty() && nothing && !missing.isEmpty()) {
      throw new WeightException(Misfit.stranger(file, model, wanted.keySet()));
    }
    if (!missing.isEmpty()) {
      throw new WeightException(Misfit.missing(file, missing, left));
    }
    if (!misfits.isEmpty() && !options.skipMismatch()) {
      throw new WeightException(misfits.get(0));
    }
    if (!left.isEmpty()) {
      throw new WeightException(Misfit.leftOver(file, model, left));
    }
  }
}
