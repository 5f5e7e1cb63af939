package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.layers.Bidirectional;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.TimeDistributed;
import dev.graft.layers.Use;
import dev.graft.layers.WeightStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says the hard_sigmoid of one generation of Keras with that of the other.
 *
 * <p>Keras 1 and 2 compute {@code clip(x / 5 + 1/2, 0, 1)}, Keras 3 {@code clip(x / 6 + 1/2, 0,
 * 1)}: the one of {@code x} is the other of {@code 1.2 · x}. So the weights that lead to such a
 * gate are multiplied, and the network computes the same; an Activation layer, which has none, is
 * written as a Rescaling and a ReLU. The optimizer's state means nothing to the new weights and is
 * left out.
 */
final class HardSigmoid {
  private static final String OLD = "hard_sigmoid_keras2";
  private static final String NEW = "hard_sigmoid";
  private static final double FACTOR = 1.2;

  /** Gates with the recurrent activation, and all gates, by class. */
  private static final Map<String, List<Integer>> GATES =
      Map.of(
          "LSTM", List.of(0, 1, 3),
          "ConvLSTM1D", List.of(0, 1, 3),
          "ConvLSTM2D", List.of(0, 1, 3),
          "ConvLSTM3D", List.of(0, 1, 3),
          "GRU", List.of(0, 1));

  /** Layers whose activation is of something linear in all their weights. */
  private static final Set<String> WHOLE =
      Set.of(
          "Dense",
          "EinsumDense",
          "Conv1D",
          "Conv2D",
          "Conv3D",
          "Conv1DTranspose",
          "Conv2DTranspose",
          "Conv3DTranspose",
          "DepthwiseConv1D",
          "DepthwiseConv2D",
          "SeparableConv1D",
          "SeparableConv2D",
          "SimpleRNN");

  /** Of two kernels that are multiplied with each other, one is changed. */
  private static final String FIRST_OF_TWO = "depthwise_kernel";

  private final String from;
  private final String to;
  private final float factor;

  private HardSigmoid(String from, String to, double factor) {
    this.from = from;
    this.to = to;
    this.factor = (float) factor;
  }

  private static HardSigmoid toKeras3() {
    return new HardSigmoid(OLD, NEW, FACTOR);
  }

  /** The layers of {@code model}, inside too, whose weights change when it is for Keras 3. */
  static List<String> changed(Model model) {
    return List.copyOf(toKeras3().owners(model).keySet());
  }

  /** {@code contents} in Keras 3's words. */
  static KerasWriter.Contents forKeras3(KerasWriter.Contents contents) {
    return toKeras3().said(contents);
  }

  /** {@code contents} in the words of Keras 1 and 2. */
  static KerasWriter.Contents forKeras2(KerasWriter.Contents contents) {
    return new HardSigmoid(NEW, OLD, 1 / FACTOR).said(contents);
  }

  private KerasWriter.Contents said(KerasWriter.Contents contents) {
    Model model = contents.model();
    Map<String, Layer> owners = owners(model);
    Model said = said(model);
    if (owners.isEmpty()) {
      return new KerasWriter.Contents(
          said, contents.weights(), contents.compile(), contents.optimizer(), contents.graft());
    }
    Map<String, Model.Variable> variables = new HashMap<>();
    model.variables().forEach(v -> variables.put(v.name(), v));
    WeightStore weights = contents.weights();
    return new KerasWriter.Contents(
        said,
        name -> {
          Layer owner = owner(owners, name);
          return owner == null
              ? weights.values(name)
              : scaled(owner, variables.get(name), weights.values(name));
        },
        contents.compile(),
        null,
        contents.graft());
  }

  /** The layers whose weights change, by their place: {@code inner/conv2d}. */
  private Map<String, Layer> owners(Model model) {
    Map<String, Layer> found = new LinkedHashMap<>();
    model
        .everyLayer()
        .filter(place -> weighted(core(place.entry().layer())))
        .forEach(place -> found.put(place.path(), core(place.entry().layer())));
    return found;
  }

  /** The layer that {@code variable}, such as {@code inner/conv2d/kernel}, belongs to. */
  private static Layer owner(Map<String, Layer> owners, String variable) {
    for (int end = variable.lastIndexOf('/'); end > 0; end = variable.lastIndexOf('/', end - 1)) {
      Layer owner = owners.get(variable.substring(0, end));
      if (owner != null) {
        return owner;
      }
    }
    return null;
  }

  /** What a wrapper wraps. */
  private static Layer core(Layer layer) {
    return layer instanceof Bidirectional ways
        ? core(ways.forward().layer())
        : layer instanceof TimeDistributed steps ? core(steps.layer().layer()) : layer;
  }

  private boolean weighted(Layer layer) {
    boolean gated = GATES.containsKey(layer.className());
    if (!gated && !WHOLE.contains(layer.className())) {
      return false;
    }
    boolean whole = from.equals(layer.config().get("activation"));
    return gated ? from.equals(layer.config().get("recurrent_activation")) && !whole : whole;
  }

  private boolean plain(Layer layer) {
    return layer.className().equals("Activation") && from.equals(layer.config().get("activation"));
  }

  private Model said(Model model) {
    List<Model.Entry> layers = new ArrayList<>();
    Map<String, List<Model.Entry>> steps = new HashMap<>();
    for (Model.Entry entry : model.layers()) {
      if (plain(entry.layer())) {
        List<Model.Entry> found = steps(model, entry);
        steps.put(entry.name(), found);
        layers.addAll(found);
      } else {
        layers.add(weighted(core(entry.layer())) ? said(entry) : entry.inside(this::said));
      }
    }
    List<Use> uses = new ArrayList<>();
    for (Use use : model.uses()) {
      List<Ref> inputs = use.inputs();
      for (Model.Entry step : steps.getOrDefault(use.layer(), List.of(model.layer(use.layer())))) {
        uses.add(new Use(step.name(), use.node(), inputs, use.arguments()));
        inputs = List.of(new Ref(step.name(), use.node(), 0));
      }
    }
    return new Model(model.name(), model.form(), layers, uses, model.inputs(), model.outputs());
  }

  /** The layers that do what an Activation does, the last one under its name. */
  private List<Model.Entry> steps(Model model, Model.Entry entry) {
    List<Model.Entry> steps = new ArrayList<>();
    if (from.equals(OLD)) {
      steps.add(step(model, entry, "scaled", "Rescaling", Map.of("scale", 0.2, "offset", 0.5)));
      steps.add(entry.with(layer("ReLU", Map.of("max_value", 1))));
    } else {
      steps.add(step(model, entry, "shifted", "Rescaling", Map.of("scale", 1, "offset", 3)));
      steps.add(step(model, entry, "clipped", "ReLU", Map.of("max_value", 6)));
      steps.add(entry.with(layer("Rescaling", Map.of("scale", 1 / 6.0))));
    }
    return steps;
  }

  private static Model.Entry step(
      Model model, Model.Entry entry, String word, String className, Map<String, Object> settings) {
    String name = entry.name() + "_" + word;
    while (has(model, name)) {
      name += "_1";
    }
    return new Model.Entry(name, entry.trainable(), layer(className, settings));
  }

  private static boolean has(Model model, String name) {
    return model.layers().stream().anyMatch(entry -> entry.name().equals(name));
  }

  private static Layer layer(String className, Map<String, Object> settings) {
    return Layers.standard().read(className, Config.of(settings, className));
  }

  private Model.Entry said(Model.Entry entry) {
    Layer layer = entry.layer();
    Object config = replaced(layer.config());
    return entry.with(Layers.standard().read(layer.className(), Config.of(config, entry.name())));
  }

  private Object replaced(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> all = new LinkedHashMap<>();
      map.forEach((key, item) -> all.put((String) key, replaced(item)));
      return all;
    }
    if (value instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(item -> all.add(replaced(item)));
      return all;
    }
    return from.equals(value) ? to : value;
  }

  private float[] scaled(Layer owner, Model.Variable variable, float[] values) {
    String slot = variable.slot().name();
    if (owner.className().startsWith("Separable") && slot.endsWith(FIRST_OF_TWO)) {
      return values;
    }
    List<Integer> gates = GATES.get(owner.className());
    long[] shape = variable.slot().shape().asArray();
    int last = (int) shape[shape.length - 1];
    int all = gates == null ? 1 : owner.className().equals("GRU") ? 3 : 4;
    int width = last / all;
    float[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      if (gates == null || gates.contains(i % last / width)) {
        scaled[i] *= factor;
      }
    }
    return scaled;
  }
}
