package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import dev.graft.layers.WeightStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small networks for tests, with weights drawn from a seed. */
final class Nets {
  private final String name;
  private final List<Model.Entry> entries = new ArrayList<>();
  private final List<Use> uses = new ArrayList<>();
  private final Map<String, Integer> nodes = new HashMap<>();

  Nets(String name) {
    this.name = name;
  }

  Ref input(String layer, long... sizes) {
    entries.add(new Model.Entry(layer, true, new InputLayer(Spec.floats(sizes))));
    uses.add(Use.of(layer));
    return Ref.of(layer);
  }

  Ref layer(String layer, String className, Map<String, Object> config, Ref... inputs) {
    return layer(layer, true, className, config, inputs);
  }

  Ref frozen(String layer, String className, Map<String, Object> config, Ref... inputs) {
    return layer(layer, false, className, config, inputs);
  }

  private Ref layer(
      String layer, boolean trainable, String className, Map<String, Object> config, Ref... in) {
    entries.add(
        new Model.Entry(
            layer, trainable, Layers.standard().read(className, Config.of(config, layer))));
    return again(layer, in);
  }

  /** Calls a layer that is there, once more. */
  Ref again(String layer, Ref... inputs) {
    int node = nodes.merge(layer, 1, Integer::sum) - 1;
    uses.add(new Use(layer, node, List.of(inputs), Map.of()));
    return new Ref(layer, node, 0);
  }

  Model model(List<Ref> inputs, Ref... outputs) {
    return new Model(name, Model.Form.FUNCTIONAL, entries, uses, inputs, List.of(outputs));
  }

  Model sequential() {
    Ref first = Ref.of(entries.get(0).name());
    Ref last = Ref.of(entries.get(entries.size() - 1).name());
    return new Model(name, Model.Form.SEQUENTIAL, entries, uses, List.of(first), List.of(last));
  }

  /** Weights around 0, variances positive. */
  static Map<String, float[]> weights(Model model, long seed) {
    Map<String, float[]> all = new LinkedHashMap<>();
    Random random = new Random(seed);
    for (Model.Variable variable : model.variables()) {
      float[] values = new float[Math.toIntExact(variable.slot().size())];
      for (int i = 0; i < values.length; i++) {
        float value = (float) random.nextGaussian() * 0.3f;
        values[i] = variable.slot().name().endsWith("variance") ? 0.5f + value * value : value;
      }
      all.put(variable.name(), values);
    }
    return all;
  }

  static WeightStore store(Model model, long seed) {
    return WeightStore.of(weights(model, seed));
  }

  /** A convolutional network as a Sequential. */
  static Model sequentialNet() {
    Nets net = new Nets("plain");
    Ref x = net.input("photo", -1, 8, 8, 3);
    x =
        net.layer(
            "conv", "Conv2D", Map.of("filters", 4, "kernel_size", 3, "activation", "relu"), x);
    x = net.frozen("bn", "BatchNormalization", Map.of("momentum", 0.9), x);
    x = net.layer("pool", "MaxPooling2D", Map.of(), x);
    x = net.layer("flatten", "Flatten", Map.of(), x);
    x = net.layer("drop", "Dropout", Map.of("rate", 0.25), x);
    net.layer("out", "Dense", Map.of("units", 3, "activation", "softmax"), x);
    return net.sequential();
  }

  /** Two inputs, two outputs, a shared layer, in an order of layers unlike that of uses. */
  static Model functionalNet() {
    Nets net = new Nets("branches");
    Ref photo = net.input("photo", -1, 8, 8, 3);
    Ref side = net.input("side", -1, 4);
    Ref x = net.layer("conv", "Conv2D", Map.of("filters", 2, "kernel_size", 3), photo);
    x = net.layer("flat", "GlobalAveragePooling2D", Map.of(), x);
    x = net.layer("wide", "Dense", Map.of("units", 4, "kernel_regularizer", "l2"), x);
    Ref a = net.layer("shared", "Dense", Map.of("units", 4, "activation", "tanh"), side);
    Ref b = net.again("shared", x);
    Ref left = net.layer("left", "Dense", Map.of("units", 2, "activation", "softmax"), a);
    Ref right = net.frozen("right", "Dense", Map.of("units", 1, "use_bias", false), b);
    return net.model(List.of(photo, side), left, right);
  }

  /** A layer that tf_keras has not, called there and back. */
  static Model newerNet() {
    Nets net = new Nets("words");
    Ref ids = net.input("ids", -1, 5);
    Map<String, Object> config = Map.of("input_dim", 7, "output_dim", 4, "tie_weights", false);
    Ref x = net.layer("table", "ReversibleEmbedding", config, ids);
    x = net.layer("norm", "RMSNormalization", Map.of(), x);
    net.uses.add(new Use("table", 1, List.of(x), Map.of("reverse", true)));
    return net.model(List.of(ids), new Ref("table", 1, 0));
  }
}
