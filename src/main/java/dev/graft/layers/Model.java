package dev.graft.layers;

import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A network as plain immutable data: layers, and the acyclic graph of their uses.
 *
 * <p>Construction checks names, order and shapes, so a Model that exists can be built.
 *
 * @param name Keras's model name
 * @param form whether Keras would write it as Sequential or Functional
 * @param layers every layer once, InputLayers included, in the order of Keras's {@code
 *     model.layers}
 * @param uses every use of a layer, inputs before those who need them; an InputLayer has one use
 *     without inputs
 * @param inputs the tensors a caller gives, outputs of InputLayers
 * @param outputs the tensors a caller gets
 */
public record Model(
    String name,
    Form form,
    List<Entry> layers,
    List<Use> uses,
    List<Ref> inputs,
    List<Ref> outputs) {
  /** Keras's two ways of writing a network down. */
  public enum Form {
    SEQUENTIAL,
    FUNCTIONAL
  }

  /**
   * A layer under its name.
   *
   * @param name unique in the model
   * @param trainable false when frozen
   * @param layer its settings
   */
  public record Entry(String name, boolean trainable, Layer layer) {
    /** Another layer under this name. */
    public Entry with(Layer other) {
      return new Entry(name, trainable, other);
    }

    /** The same layer, frozen or not; of a nested model, all that is in it, as in Keras. */
    public Entry withTrainable(boolean trainable) {
      Entry inside = inside(model -> model.map(entry -> entry.withTrainable(trainable)));
      return new Entry(name, trainable, inside.layer());
    }

    /** With {@code change} of the network that the layer is; a layer that is none stays. */
    public Entry inside(UnaryOperator<Model> change) {
      return layer instanceof Nested nested ? with(new Nested(change.apply(nested.model()))) : this;
    }

    /**
     * What the layer gives, called on {@code inputs}.
     *
     * @param model the network's name, for errors
     * @param arguments as {@link Use#arguments}
     * @throws ShapeException naming the network, the layer and what it was called on
     */
    public List<Spec> outputs(String model, List<Spec> inputs, Map<String, Object> arguments) {
      try {
        return layer instanceof ArgumentShaped shaped
            ? shaped.outputs(inputs, arguments)
            : layer.outputs(inputs);
      } catch (ShapeException | IllegalArgumentException | ArithmeticException e) {
        throw new ShapeException(
            "model '"
                + model
                + "', layer '"
                + name
                + "' ("
                + layer.className()
                + ") on "
                + inputs
                + ": "
                + e.getMessage(),
            e);
      }
    }
  }

  /**
   * A layer where it is.
   *
   * @param path the names of the networks around it and its own: {@code inner/conv}
   */
  public record Place(String path, Entry entry) {}

  /** Copies and checks. */
  public Model {
    layers = List.copyOf(layers);
    uses = List.copyOf(uses);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    Map<String, Entry> byName = new HashMap<>();
    for (Entry entry : layers) {
      if (byName.put(entry.name(), entry) != null) {
        throw new MalformedFileException(
            "model '" + name + "': two layers are named '" + entry.name() + "'. Rename one.");
      }
    }
    Map<Ref, Spec> specs = infer(name, byName, uses, Map.of());
    for (List<Ref> ends : List.of(inputs, outputs)) {
      for (Ref ref : ends) {
        if (!specs.containsKey(ref)) {
          throw new MalformedFileException(
              "model '" + name + "': there is no tensor " + ref + " to be an input or output.");
        }
      }
    }
  }

  /** Shape and type of every tensor of the model. */
  public Map<Ref, Spec> specs() {
    Map<String, Entry> byName = new HashMap<>();
    layers.forEach(entry -> byName.put(entry.name(), entry));
    return infer(name, byName, uses, Map.of());
  }

  /**
   * Shape and type of every tensor when the inputs are {@code given}, as a layer inside another.
   */
  public Map<Ref, Spec> specs(List<Spec> given) {
    Map<String, Entry> byName = new HashMap<>();
    layers.forEach(entry -> byName.put(entry.name(), entry));
    Map<Ref, Spec> fed = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      fed.put(inputs.get(i), given.get(i));
    }
    return infer(name, byName, uses, fed);
  }

  private static Map<Ref, Spec> infer(
      String name, Map<String, Entry> layers, List<Use> uses, Map<Ref, Spec> fed) {
    Map<Ref, Spec> specs = new LinkedHashMap<>();
    for (Use use : uses) {
      Entry entry = layers.get(use.layer());
      if (entry == null) {
        throw new MalformedFileException(
            "model '"
                + name
                + "': a use names the layer '"
                + use.layer()
                + "', which is not there.");
      }
      List<Spec> outputs = entry.outputs(name, inputsOf(name, use, specs), use.arguments());
      for (int i = 0; i < outputs.size(); i++) {
        Ref ref = new Ref(use.layer(), use.node(), i);
        specs.put(ref, fed.getOrDefault(ref, outputs.get(i)));
      }
    }
    return specs;
  }

  private static List<Spec> inputsOf(String name, Use use, Map<Ref, Spec> specs) {
    List<Spec> inputs = new ArrayList<>();
    for (Ref ref : use.inputs()) {
      Spec spec = specs.get(ref);
      if (spec == null) {
        throw new MalformedFileException(
            "model '"
                + name
                + "': layer '"
                + use.layer()
                + "' needs "
                + ref
                + ", which does not come before it. The layers form a cycle or point nowhere.");
      }
      inputs.add(spec);
    }
    return inputs;
  }

  /** The layer named {@code layerName}. */
  public Entry layer(String layerName) {
    return layers.stream()
        .filter(entry -> entry.name().equals(layerName))
        .findFirst()
        .orElseThrow(
            () ->
                new SettingException(
                    "model '"
                        + name
                        + "' has no layer '"
                        + layerName
                        + "'."
                        + dev.graft.config.Nearest.hint(
                            layerName, layers.stream().map(Entry::name).toList())));
  }

  /**
   * The layers as Keras counts {@code model.layers}: a Sequential hides its InputLayer, and Keras
   * 3's operation nodes are none.
   */
  public List<Entry> kerasLayers() {
    return layers.stream()
        .filter(entry -> form == Form.FUNCTIONAL || !(entry.layer() instanceof InputLayer))
        .filter(entry -> !(entry.layer() instanceof Operation node) || node.isLayer())
        .toList();
  }

  /** Every layer, networks as well as the layers in them, which come after them. */
  public Stream<Place> everyLayer() {
    return placed("");
  }

  private Stream<Place> placed(String around) {
    return layers.stream()
        .flatMap(
            entry -> {
              Place place = new Place(around + entry.name(), entry);
              return entry.layer() instanceof Nested nested
                  ? Stream.concat(Stream.of(place), nested.model().placed(place.path() + "/"))
                  : Stream.of(place);
            });
  }

  /** Shapes of the inputs of the first use of each layer, which decide its weights. */
  public Map<String, List<Spec>> inputSpecs() {
    Map<Ref, Spec> specs = specs();
    Map<String, List<Spec>> first = new LinkedHashMap<>();
    for (Use use : uses) {
      first.putIfAbsent(use.layer(), use.inputs().stream().map(specs::get).toList());
    }
    return first;
  }

  /** The weights of each layer, in Keras's order, by the layer's name. */
  public Map<String, List<Slot>> slots() {
    Map<Ref, Spec> specs = specs();
    Map<String, Layer> byName = new HashMap<>();
    layers.forEach(entry -> byName.put(entry.name(), entry.layer()));
    Map<String, List<Slot>> slots = new LinkedHashMap<>();
    for (Use use : uses) {
      if (!slots.containsKey(use.layer())) {
        List<Spec> inputs = use.inputs().stream().map(specs::get).toList();
        Layer layer = byName.get(use.layer());
        slots.put(
            use.layer(),
            layer instanceof ArgumentShaped shaped
                ? shaped.slots(inputs, use.arguments())
                : layer.slots(inputs));
      }
    }
    return slots;
  }

  /** Every weight of the model, layer by layer, in Keras's order. */
  public List<Variable> variables() {
    Map<String, List<Slot>> slots = slots();
    List<Variable> all = new ArrayList<>();
    for (Entry entry : layers) {
      for (Slot slot : slots.getOrDefault(entry.name(), List.of())) {
        all.add(new Variable(entry.name(), slot, entry.trainable() && slot.trainable()));
      }
    }
    return all;
  }

  /** The same model with each layer entry replaced by {@code change} of it. */
  public Model map(UnaryOperator<Entry> change) {
    return new Model(name, form, layers.stream().map(change).toList(), uses, inputs, outputs);
  }

  /** The same model under another name. */
  public Model named(String newName) {
    return new Model(newName, form, layers, uses, inputs, outputs);
  }

  /**
   * A weight of the model.
   *
   * @param layer the layer it belongs to
   * @param slot its place in that layer
   * @param trainable true when neither the layer nor the slot is frozen
   */
  public record Variable(String layer, Slot slot, boolean trainable) {
    /** The name everywhere in Graft: {@code layer/slot}. */
    public String name() {
      return layer + "/" + slot.name();
    }
  }
}
