package dev.graft.model;

import dev.graft.error.SettingException;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Cutting a network off and putting new layers on. */
public final class Surgery {
  private Surgery() {}

  /**
   * The network up to a layer, whose output becomes the output.
   *
   * @param until a layer's name, or its index in Keras's {@code model.layers}; negative indexes
   *     count from the end, so that {@code -2} is {@code layers[:-1]}
   */
  public static Model cut(Model model, String until) {
    Model.Entry last = find(model, until);
    Ref output = null;
    for (Use use : model.uses()) {
      if (use.layer().equals(last.name())) {
        output = new Ref(use.layer(), use.node(), 0);
        break;
      }
    }
    if (output == null) {
      throw new SettingException(
          "model '" + model.name() + "': layer '" + last.name() + "' is not used in it.");
    }
    Set<Use> needed = upstream(model, output);
    Set<String> kept = needed.stream().map(Use::layer).collect(Collectors.toSet());
    return new Model(
        model.name(),
        model.form(),
        model.layers().stream().filter(entry -> kept.contains(entry.name())).toList(),
        model.uses().stream().filter(needed::contains).toList(),
        model.inputs().stream().filter(ref -> kept.contains(ref.layer())).toList(),
        List.of(output));
  }

  private static Model.Entry find(Model model, String until) {
    if (!until.matches("-?\\d+")) {
      return model.layer(until);
    }
    List<Model.Entry> layers = model.kerasLayers();
    long index = Long.parseLong(until);
    long at = index < 0 ? layers.size() + index : index;
    if (at < 0 || at >= layers.size()) {
      throw new SettingException(
          "model '"
              + model.name()
              + "' has "
              + layers.size()
              + " layers, there is none with index "
              + until
              + ".");
    }
    return layers.get((int) at);
  }

  private static Set<Use> upstream(Model model, Ref output) {
    Map<String, Use> uses = new HashMap<>();
    model.uses().forEach(use -> uses.put(use.layer() + ":" + use.node(), use));
    Set<Use> needed = new HashSet<>();
    Deque<Ref> open = new ArrayDeque<>(List.of(output));
    while (!open.isEmpty()) {
      Ref ref = open.pop();
      Use use = uses.get(ref.layer() + ":" + ref.node());
      if (needed.add(use)) {
        open.addAll(use.inputs());
      }
    }
    return needed;
  }

  /**
   * The network with layers put on its first output, one after the other.
   *
   * @param head layers; a name of null gets Keras's automatic one
   */
  public static Model graft(Model trunk, List<Named> head) {
    if (trunk.outputs().size() != 1) {
      throw new SettingException(
          "model '"
              + trunk.name()
              + "' has "
              + trunk.outputs().size()
              + " outputs, a head goes on one. Cut it with 'until'.");
    }
    List<Model.Entry> layers = new ArrayList<>(trunk.layers());
    List<Use> uses = new ArrayList<>(trunk.uses());
    KerasNames names = new KerasNames(layers.stream().map(Model.Entry::name).toList());
    Ref end = trunk.outputs().get(0);
    for (Named layer : head) {
      String name = layer.name() != null ? layer.name() : names.next(layer.layer().className());
      layers.add(new Model.Entry(name, true, layer.layer()));
      uses.add(Use.of(name, end));
      end = Ref.of(name);
    }
    return new Model(trunk.name(), trunk.form(), layers, uses, trunk.inputs(), List.of(end));
  }

  /** The network with another shape of its only input; all shapes behind it follow. */
  public static Model withInput(Model model, Spec spec) {
    if (model.inputs().size() != 1) {
      throw new SettingException(
          "model '"
              + model.name()
              + "' has "
              + model.inputs().size()
              + " inputs; 'input' sets the shape of a single one.");
    }
    String input = model.inputs().get(0).layer();
    return model.map(
        entry ->
            entry.name().equals(input)
                ? new Model.Entry(input, entry.trainable(), new InputLayer(spec))
                : entry);
  }

  /** A layer with the name it is to have, or null for Keras's automatic one. */
  public record Named(String name, Layer layer) {
    /** A layer under Keras's automatic name. */
    public static Named of(Layer layer) {
      return new Named(null, layer);
    }
  }

  /** A network of layers one after the other, as Keras's Sequential. */
  public static Model sequential(String name, InputLayer input, List<Named> layers) {
    Model empty =
        new Model(
            name,
            Model.Form.SEQUENTIAL,
            List.of(new Model.Entry("input_layer", true, input)),
            List.of(Use.of("input_layer")),
            List.of(Ref.of("input_layer")),
            List.of(Ref.of("input_layer")));
    return graft(empty, layers);
  }
}
