package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Builds a small network for a test, a layer after those that it is called on. */
public final class Net {
  private final String name;
  private final List<Model.Entry> entries = new ArrayList<>();
  private final List<Use> uses = new ArrayList<>();
  private final List<Ref> inputs = new ArrayList<>();
  private final Map<String, Integer> nodes = new HashMap<>();

  public Net(String name) {
    this.name = name;
  }

  /** An input of numbers; the first of {@code sizes}, -1, is that of the batch. */
  public Ref input(String layer, long... sizes) {
    return input(layer, Spec.floats(sizes));
  }

  public Ref input(String layer, Spec spec) {
    return put(layer, new InputLayer(spec));
  }

  /** A layer as a file has it. */
  public Ref layer(String layer, String className, Map<String, Object> config, Ref... on) {
    return put(layer, Layers.standard().read(className, Config.of(config, layer)), on);
  }

  public Ref frozen(String layer, String className, Map<String, Object> config, Ref... on) {
    Layer read = Layers.standard().read(className, Config.of(config, layer));
    return put(new Model.Entry(layer, false, read), on);
  }

  public Ref put(String layer, Layer made, Ref... on) {
    return put(new Model.Entry(layer, true, made), on);
  }

  public Ref put(Model.Entry entry, Ref... on) {
    return put(entry, Map.of(), on);
  }

  /** A layer that is called with arguments besides {@code on}. */
  public Ref put(Model.Entry entry, Map<String, Object> arguments, Ref... on) {
    entries.add(entry);
    if (entry.layer() instanceof InputLayer) {
      inputs.add(Ref.of(entry.name()));
    }
    return again(entry.name(), arguments, on);
  }

  /** Calls a layer that is there, once more. */
  public Ref again(String layer, Ref... on) {
    return again(layer, Map.of(), on);
  }

  public Ref again(String layer, Map<String, Object> arguments, Ref... on) {
    int node = nodes.merge(layer, 1, Integer::sum) - 1;
    uses.add(new Use(layer, node, List.of(on), arguments));
    return new Ref(layer, node, 0);
  }

  /** The network of all inputs, in the order in which they came. */
  public Model model(Ref... outputs) {
    return new Model(name, Model.Form.FUNCTIONAL, entries, uses, inputs, List.of(outputs));
  }

  /** The layers one after the other. */
  public Model sequential() {
    Ref last = Ref.of(entries.get(entries.size() - 1).name());
    return new Model(name, Model.Form.SEQUENTIAL, entries, uses, inputs, List.of(last));
  }
}
