package dev.graft.model;

import dev.graft.config.Config;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A functional network while it is written down layer by layer, in Keras's words.
 *
 * <p>A layer without a name gets the one Keras would give it. Layers come out in the order in which
 * Keras lists them, which is the order of the weights in its files.
 */
final class Drawing {
  private static final Layers LAYERS = Layers.standard();
  private static final String INPUT = "input_layer";

  private final List<Model.Entry> layers = new ArrayList<>();
  private final Map<String, Use> uses = new HashMap<>();
  private final Map<Ref, Spec> specs = new HashMap<>();
  private final KerasNames names = new KerasNames(List.of());
  private final String title;

  /** Of a network with the name {@code title}. */
  Drawing(String title) {
    this.title = title;
  }

  /** Begins with the input: height, width, channels. */
  Flow begin(long... input) {
    Spec spec = Spec.floats(-1, input[0], input[1], input[2]);
    names.next("InputLayer");
    return put(INPUT, new InputLayer(spec), List.of(), Map.of());
  }

  /** The layer {@code className} of Keras with these settings, called on {@code inputs}. */
  Flow add(String className, String name, Map<String, Object> settings, List<Flow> inputs) {
    return call(className, name, settings, inputs, Map.of());
  }

  /** The same with further arguments of the call. */
  Flow call(
      String className,
      String name,
      Map<String, Object> settings,
      List<Flow> inputs,
      Map<String, Object> arguments) {
    Layer layer = layer(className, name, settings);
    return put(name == null ? names.next(layer.className()) : name, layer, inputs, arguments);
  }

  /** The layer {@code className} of Keras with these settings. */
  static Layer layer(String className, String name, Map<String, Object> settings) {
    Config config = Config.of(settings, name == null ? className : name);
    Layer layer = LAYERS.read(className, config);
    config.done();
    return layer;
  }

  /** A layer that is there already, under a name. */
  Flow put(String name, Layer layer, List<Flow> inputs, Map<String, Object> arguments) {
    List<Ref> refs = inputs.stream().map(Flow::ref).toList();
    List<Spec> in = refs.stream().map(specs::get).toList();
    Model.Entry entry = new Model.Entry(name, true, layer);
    layers.add(entry);
    uses.put(name, new Use(name, 0, refs, arguments));
    specs.put(Ref.of(name), entry.outputs(title, in, arguments).get(0));
    return new Flow(this, Ref.of(name));
  }

  Spec spec(Flow flow) {
    return specs.get(flow.ref());
  }

  /** The network that ends in {@code end}. */
  Model model(Flow end) {
    List<Model.Entry> ordered = inKerasOrder(end.ref().layer());
    return new Model(
        title,
        Model.Form.FUNCTIONAL,
        ordered,
        ordered.stream().map(entry -> uses.get(entry.name())).toList(),
        List.of(Ref.of(INPUT)),
        List.of(end.ref()));
  }

  /**
   * By depth, the deepest first; among equals by the order in which a walk from the output reaches
   * them. Source: {@code map_graph}, keras/src/ops/function.py, Keras 3.15.
   */
  private List<Model.Entry> inKerasOrder(String end) {
    Map<String, Integer> reached = new LinkedHashMap<>();
    List<String> finished = new ArrayList<>();
    walk(end, reached, finished);
    Map<String, Integer> depths = new HashMap<>();
    for (int i = finished.size() - 1; i >= 0; i--) {
      int depth = depths.computeIfAbsent(finished.get(i), k -> 0);
      for (Ref ref : uses.get(finished.get(i)).inputs()) {
        depths.merge(ref.layer(), depth + 1, Math::max);
      }
    }
    List<Model.Entry> ordered =
        new ArrayList<>(
            layers.stream().filter(entry -> reached.containsKey(entry.name())).toList());
    ordered.sort(
        (a, b) -> {
          int byDepth = Integer.compare(depths.get(b.name()), depths.get(a.name()));
          return byDepth != 0
              ? byDepth
              : Integer.compare(reached.get(a.name()), reached.get(b.name()));
        });
    return ordered;
  }

  private void walk(String name, Map<String, Integer> reached, List<String> finished) {
    if (reached.putIfAbsent(name, reached.size()) != null) {
      return;
    }
    for (Ref ref : uses.get(name).inputs()) {
      walk(ref.layer(), reached, finished);
    }
    finished.add(name);
  }

  /** Settings from keys and values in turn. */
  static Map<String, Object> settings(Object... pairs) {
    Map<String, Object> settings = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      Object value = pairs[i + 1];
      settings.put(
          (String) pairs[i],
          value instanceof int[] numbers ? Arrays.stream(numbers).boxed().toList() : value);
    }
    return settings;
  }
}
