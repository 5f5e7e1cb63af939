package dev.graft.keras;

import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import dev.graft.layers.WeightStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Small networks for tests, with weights drawn from a seed. */
final class Nets {
  private Nets() {}

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
    Net net = new Net("plain");
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
    Net net = new Net("branches");
    Ref photo = net.input("photo", -1, 8, 8, 3);
    Ref side = net.input("side", -1, 4);
    Ref x = net.layer("conv", "Conv2D", Map.of("filters", 2, "kernel_size", 3), photo);
    x = net.layer("flat", "GlobalAveragePooling2D", Map.of(), x);
    x = net.layer("wide", "Dense", Map.of("units", 4, "kernel_regularizer", "l2"), x);
    Ref a = net.layer("shared", "Dense", Map.of("units", 4, "activation", "tanh"), side);
    Ref b = net.again("shared", x);
    Ref left = net.layer("left", "Dense", Map.of("units", 2, "activation", "softmax"), a);
    Ref right = net.frozen("right", "Dense", Map.of("units", 1, "use_bias", false), b);
    return net.model(left, right);
  }

  /** A layer that tf_keras has not, called there and back. */
  static Model newerNet() {
    Net net = new Net("words");
    Ref ids = net.input("ids", -1, 5);
    Map<String, Object> config = Map.of("input_dim", 7, "output_dim", 4, "tie_weights", false);
    Ref x = net.layer("table", "ReversibleEmbedding", config, ids);
    x = net.layer("norm", "RMSNormalization", Map.of(), x);
    return net.model(net.again("table", Map.of("reverse", true), x));
  }
}
