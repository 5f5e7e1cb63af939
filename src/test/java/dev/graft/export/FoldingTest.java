package dev.graft.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.runtime.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

class FoldingTest {
  private static final Map<String, Object> NORM = Map.of("BatchNormalization", Map.of());

  private static Map<String, Object> layer(String name, Object... settings) {
    Map<String, Object> config = new LinkedHashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      config.put((String) settings[i], settings[i + 1]);
    }
    return Map.of(name, config);
  }

  static Stream<Arguments> layers() {
    Spec picture = Spec.floats(-1, 8, 9, 4);
    return Stream.of(
        Arguments.of(picture, 1, layer("Conv2D", "filters", 6, "kernel_size", 3)),
        Arguments.of(
            picture, 1, layer("Conv2D", "filters", 6, "kernel_size", 3, "use_bias", false)),
        Arguments.of(picture, 1, layer("Conv2D", "filters", 6, "kernel_size", 1, "groups", 2)),
        Arguments.of(picture, 1, layer("DepthwiseConv2D", "kernel_size", 3, "depth_multiplier", 2)),
        Arguments.of(picture, 1, layer("DepthwiseConv2D", "kernel_size", 3, "use_bias", false)),
        Arguments.of(
            picture,
            1,
            layer("SeparableConv2D", "filters", 5, "kernel_size", 3, "depth_multiplier", 2)),
        Arguments.of(
            picture, 1, layer("Conv2DTranspose", "filters", 3, "kernel_size", 3, "strides", 2)),
        Arguments.of(Spec.floats(-1, 9, 4), 1, layer("Conv1D", "filters", 6, "kernel_size", 3)),
        Arguments.of(
            Spec.floats(-1, 5, 6, 7, 2), 1, layer("Conv3D", "filters", 3, "kernel_size", 2)),
        Arguments.of(Spec.floats(-1, 7), 1, layer("Dense", "units", 5, "use_bias", false)),
        Arguments.of(picture, 1, layer("Dense", "units", 5)),
        // What stands between the layer and its normalisation keeps it from being folded.
        Arguments.of(
            picture, 0, layer("Conv2D", "filters", 6, "kernel_size", 3, "activation", "relu")),
        Arguments.of(picture, 0, layer("MaxPooling2D")));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void foldedNetworksComputeTheSame(Spec input, int folds, Map<String, Object> layer) {
    Model model =
        Fixtures.sequential(input, layer, NORM, Map.of("Activation", Map.of("activation", "tanh")));
    long[] shape = input.shape().asArray();
    shape[0] = 3;
    float[] x = Fixtures.floats(5, (int) (3 * input.perExample()));
    try (Network network = Fixtures.network(model)) {
      Folding folding = Folding.of(model, network, List.of());
      assertThat(folding.folded()).isEqualTo(folds);
      try (Network plain = Network.forInference(folding.model(), Fixtures.SETTINGS)) {
        plain.assign(folding.weights());
        same(run(network, x, shape), run(plain, x, shape));
      }
    }
  }

  /** Networks in a network, one of them twice; what is called twice inside stays as it is. */
  private static Model nested() {
    Map<String, Object> conv = layer("Conv2D", "filters", 4, "kernel_size", 3, "padding", "same");
    Map<String, Object> bend = layer("Activation", "activation", "tanh");
    Spec picture = Spec.floats(-1, 8, 9, 4);
    Model deep = Fixtures.sequential(picture, conv, NORM, bend, conv, NORM).named("deep");
    Net middle = new Net("middle");
    Ref x = middle.put("deep", new Nested(deep), middle.input("in", picture));
    x = middle.put("norm_a", read(NORM), middle.put("twice", read(conv), x));
    x = middle.put("norm_b", read(NORM), middle.again("twice", x));
    x = middle.put("norm_c", read(NORM), middle.put("once", read(conv), x));
    Net outer = new Net("outer");
    Ref y = outer.put("middle", new Nested(middle.model(x)), outer.input("x", picture));
    y = outer.put("conv", read(conv), outer.again("middle", y));
    return outer.model(outer.put("norm", read(NORM), y));
  }

  private static Layer read(Map<String, Object> layer) {
    Config.Named named = Config.of(layer, "layer").named();
    return Layers.standard().read(named.className(), named.config());
  }

  @Test
  void networksInsideAreFoldedAtAnyDepth() {
    Model model = nested();
    float[] x = Fixtures.floats(5, 3 * 8 * 9 * 4);
    try (Network network = Fixtures.network(model)) {
      Folding folding = Folding.of(model, network, List.of());
      // Two in the innermost, one in the middle, one outside.
      assertThat(folding.folded()).isEqualTo(4);
      assertThat(folding.model().variables().stream().map(Model.Variable::name))
          .filteredOn(name -> name.contains("moving_mean"))
          .containsExactly("middle/norm_a/moving_mean", "middle/norm_b/moving_mean");
      try (Network plain = Network.forInference(folding.model(), Fixtures.SETTINGS)) {
        plain.assign(folding.weights());
        same(run(network, x, 3, 8, 9, 4), run(plain, x, 3, 8, 9, 4));
      }
    }
  }

  /** A signature that gives a layer's output gives that of the layer, not what is made of it. */
  @Test
  void aLayerThatIsShownStaysAsItIs() {
    Model model = nested();
    try (Network network = Fixtures.network(model)) {
      assertThat(Folding.of(model, network, List.of("conv")).folded()).isEqualTo(3);
      assertThat(Folding.of(model, network, List.of("norm")).folded()).isEqualTo(4);
    }
  }

  private static void same(float[] expected, float[] given) {
    double largest = 0;
    double off = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      off = Math.max(off, Math.abs(expected[i] - given[i]));
    }
    assertThat(largest).isGreaterThan(0.1);
    assertThat(off / largest).isLessThan(1e-5);
  }

  static Stream<Arguments> fusible() {
    List<Map<String, Object>> first =
        List.of(
            layer("Conv2D", "filters", 6, "kernel_size", 3, "use_bias", false),
            layer("Conv2D", "filters", 6, "kernel_size", 3),
            layer("DepthwiseConv2D", "kernel_size", 3, "use_bias", false),
            layer("Dense", "units", 5));
    return Stream.of("tanh", "sigmoid", "elu", "relu", "relu6", "leaky_relu", "gelu", "swish")
        .flatMap(name -> first.stream().map(layer -> Arguments.of(layer, name)));
  }

  /** TensorFlow's graph rewriting makes of some of these an op that it then cannot run. */
  @ParameterizedTest
  @MethodSource("fusible")
  void whatIsFusedRuns(Map<String, Object> layer, String activation) {
    Map<String, Object> bend = layer("Activation", "activation", activation);
    Spec input = Spec.floats(-1, 8, 9, 4);
    for (Model model :
        List.of(
            Fixtures.sequential(input, layer, NORM, bend),
            Fixtures.sequential(input, layer, bend))) {
      float[] x = Fixtures.floats(5, 3 * 8 * 9 * 4);
      try (Network network = Fixtures.network(model);
          Network plain = Network.forInference(model, Fixtures.SETTINGS)) {
        for (Model.Variable v : model.variables()) {
          plain.assign(v.name(), network.values(v.name()));
        }
        float[] expected = run(network, x, 3, 8, 9, 4);
        assertThat(run(plain, x, 3, 8, 9, 4)).containsExactly(expected, within(1e-5f));
      }
    }
  }

  private static float[] run(Network network, float[] x, long... shape) {
    try (Tensor in = Tensors.floats(x, shape);
        Result out = network.run(network.inference(), List.of(in))) {
      return Tensors.read(out.get(0));
    }
  }
}
