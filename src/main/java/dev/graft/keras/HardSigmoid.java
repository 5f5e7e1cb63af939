package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.layers.Bidirectional;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
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
 * gate are multiplied, and the network computes the same. Its optimizer's state means nothing to
 * the new weights and is left out.
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

  private static final Set<String> WHOLE =
      Set.of("Dense", "Conv1D", "Conv2D", "Conv3D", "SimpleRNN");

  private final String from;
  private final String to;
  private final float factor;

  private HardSigmoid(String from, String to, double factor) {
    this.from = from;
    this.to = to;
    this.factor = (float) factor;
  }

  /** The layers of {@code model} whose weights change when it is written for Keras 3. */
  static List<String> changed(Model model) {
    HardSigmoid way = new HardSigmoid(OLD, NEW, FACTOR);
    return model.layers().stream()
        .filter(entry -> way.sayable(entry.layer()))
        .map(Model.Entry::name)
        .toList();
  }

  /** {@code contents} in Keras 3's words. */
  static KerasWriter.Contents forKeras3(KerasWriter.Contents contents) {
    return new HardSigmoid(OLD, NEW, FACTOR).said(contents);
  }

  /** {@code contents} in the words of Keras 1 and 2. */
  static KerasWriter.Contents forKeras2(KerasWriter.Contents contents) {
    return new HardSigmoid(NEW, OLD, 1 / FACTOR).said(contents);
  }

  private KerasWriter.Contents said(KerasWriter.Contents contents) {
    Map<String, Layer> layers = new HashMap<>();
    for (Model.Entry entry : contents.model().layers()) {
      if (sayable(entry.layer())) {
        layers.put(entry.name(), entry.layer());
      }
    }
    if (layers.isEmpty()) {
      return contents;
    }
    Map<String, Model.Variable> variables = new HashMap<>();
    contents.model().variables().forEach(v -> variables.put(v.name(), v));
    WeightStore weights = contents.weights();
    return new KerasWriter.Contents(
        contents.model().map(entry -> layers.containsKey(entry.name()) ? said(entry) : entry),
        name -> {
          Model.Variable variable = variables.get(name);
          return layers.containsKey(variable.layer())
              ? scaled(layers.get(variable.layer()), variable, weights.values(name))
              : weights.values(name);
        },
        contents.compile(),
        null,
        contents.graft());
  }

  private boolean sayable(Layer layer) {
    Layer inner = layer instanceof Bidirectional ways ? ways.forward().layer() : layer;
    Map<String, Object> config =
        GATES.containsKey(inner.className()) || WHOLE.contains(inner.className())
            ? inner.config()
            : Map.of();
    boolean whole = from.equals(config.get("activation"));
    return GATES.containsKey(inner.className())
        ? from.equals(config.get("recurrent_activation")) && !whole
        : whole;
  }

  private Model.Entry said(Model.Entry entry) {
    Layer layer = entry.layer();
    Object config = replaced(layer.config());
    return new Model.Entry(
        entry.name(),
        entry.trainable(),
        Layers.standard().read(layer.className(), Config.of(config, entry.name())));
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

  private float[] scaled(Layer layer, Model.Variable variable, float[] values) {
    Layer owner = layer instanceof Bidirectional ways ? ways.forward().layer() : layer;
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
