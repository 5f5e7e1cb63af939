package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import dev.graft.layers.WeightStore;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** What Keras 3 has no words for is said in others, and computes the same. */
class ForKeras3Test {
  private static final String OLD = "hard_sigmoid_keras2";

  @TempDir Path folder;

  /** Hard sigmoids of Keras 2 at every depth, names with slashes, and tf_keras's functions. */
  private static Model old() {
    Net inside = new Net("inner");
    Ref y = inside.input("y", -1, 6, 6, 4);
    y = inside.layer("deep/conv", "Conv2D", gate("filters", 3, "kernel_size", 3), y);
    y = inside.layer("gate", "Activation", Map.of("activation", OLD), y);
    Map<String, Object> dense = Map.of("name", "d/e", "units", 2, "activation", OLD);
    inside.layer(
        "steps",
        "TimeDistributed",
        Map.of("layer", Map.of("class_name", "Dense", "config", dense)),
        y);
    Net net = new Net("outer");
    Ref photo = net.input("photo", -1, 8, 8, 3);
    Ref x = net.layer("conv1/conv", "SeparableConv2D", gate("filters", 4, "kernel_size", 3), photo);
    x = net.layer("conv1_conv", "Activation", Map.of("activation", OLD), x);
    Ref inner = net.put("inner", new Nested(inside.sequential()), x);
    Ref sum = net.put(function("tf.add", "__operators__.add"), Map.of("y", 3.0), inner);
    return net.model(net.put(function("tf.mul", "math.multiply"), sum, inner));
  }

  private static Map<String, Object> gate(String one, int first, String two, int second) {
    return Map.of(one, first, two, second, "activation", OLD);
  }

  private static Model.Entry function(String layer, String name) {
    Config config = Config.of(Map.of("function", name), name);
    return new Model.Entry(layer, true, Layers.standard().read("TFOpLambda", config));
  }

  @Test
  void anArchiveComputesTheSameInKeras3sWords() {
    Model model = old();
    Path file = folder.resolve("net.keras");
    KerasWriter.keras(file, KerasWriter.Contents.of(model, Nets.store(model, 5)));
    KerasFile read = KerasFile.open(file, Layers.standard());
    String said = NetworkConfig.of(read.model(), new Keras3Config(Map.of())).toString();
    assertThat(said).doesNotContain(OLD).doesNotContain("OpLambda").doesNotContain("/");
    // conv1/conv would be conv1_conv, which is there.
    assertThat(read.model().layers().stream().map(Model.Entry::name))
        .containsSubsequence("photo", "conv1_conv_1", "conv1_conv_scaled", "conv1_conv", "inner");
    float[] input = new float[2 * 8 * 8 * 3];
    Random random = new Random(1);
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    float[] expected = run(model, Nets.store(model, 5), input);
    try (WeightFile weights = WeightFile.open(file)) {
      WeightStore store = WeightMatch.of(read.model(), weights, LoadOptions.strict()).store(null);
      float[] given = run(read.model(), store, input);
      for (int i = 0; i < given.length; i++) {
        assertThat(given[i]).isCloseTo(expected[i], Offset.offset(1e-6f));
      }
    }
    assertThat(Reopening.keras(model))
        .anyMatch(line -> line.contains("inner/deep/conv") && line.contains("inner/steps"))
        .anyMatch(line -> line.contains("conv1/conv") && line.contains("under another name"));
    assertThat(Reopening.h5(model, null, false))
        .anyMatch(line -> line.contains("conv1/conv") && line.contains("slash"))
        .anyMatch(line -> line.contains("tf.add, tf.mul") && line.contains("TFOpLambda"));
  }

  private static float[] run(Model model, WeightStore weights, float... input) {
    try (Network network = Network.forInference(model, Settings.standard())) {
      network.assign(weights);
      try (Tensor x = TFloat32.tensorOf(Shape.of(2, 8, 8, 3), DataBuffers.of(input));
          Result result = network.run(network.inference(), List.of(x))) {
        return Tensors.read(result.get(0));
      }
    }
  }

  @Test
  void layersOfApplicationsAreNamed() {
    Net inside = new Net("inner");
    Ref y = inside.input("y", -1, 4);
    inside.layer("scale", "LayerScale", Map.of("init_values", 1e-6, "projection_dim", 4), y);
    Net net = new Net("outer");
    net.put("inner", new Nested(inside.sequential()), net.input("x", -1, 4));
    Model model = net.sequential();
    assertThat(Reopening.h5(model, null, false))
        .singleElement()
        .asString()
        .contains("custom_objects")
        .endsWith(": LayerScale");
    assertThat(Reopening.keras(model)).isEmpty();
  }

  /** Names of outputs that a loss and a check are said by go with the layers. */
  @Test
  void whatIsSaidByOutputGoesWithTheLayers() {
    Net net = new Net("two");
    Ref x = net.input("x", -1, 3);
    Ref a = net.layer("a/out", "Dense", Map.of("units", 2), x);
    Ref b = net.layer("b", "Dense", Map.of("units", 2), x);
    Model model = net.model(a, b);
    CompileSettings compile =
        new CompileSettings(
            "SGD",
            Map.of("learning_rate", 0.1),
            Map.of("a/out", "mse", "b", "mae"),
            null,
            null,
            Map.of("a/out", 1.0, "b", 2.0));
    Map<String, Object> check = Map.of("outputs", Map.of("a/out", 1, "b", 2));
    KerasWriter.Contents plain =
        PlainNames.of(
            new KerasWriter.Contents(
                model, Nets.store(model, 1), compile, null, Map.of("check", check)));
    assertThat(plain.compile().loss()).isEqualTo(Map.of("a_out", "mse", "b", "mae"));
    assertThat(plain.compile().lossWeights()).isEqualTo(Map.of("a_out", 1.0, "b", 2.0));
    assertThat(plain.graft())
        .isEqualTo(Map.of("check", Map.of("outputs", Map.of("a_out", 1, "b", 2))));
    assertThat(plain.weights().values("a_out/kernel"))
        .isEqualTo(Nets.weights(model, 1).get("a/out/kernel"));
  }

  /** An Activation of Keras 3 in the words of Keras 2, in three layers. */
  @Test
  void aNewHardSigmoidIsSaidInOldWords() {
    Net net = new Net("n");
    Ref x = net.input("x", -1, 8, 8, 3);
    net.layer("gate", "Activation", Map.of("activation", "hard_sigmoid"), x);
    Model model = net.sequential();
    Path file = folder.resolve("net.h5");
    KerasWriter.wholeH5(file, KerasWriter.Contents.of(model, Nets.store(model, 5)));
    Model read = KerasFile.open(file, Layers.standard()).model();
    assertThat(read.layers().stream().map(entry -> entry.layer().className()))
        .containsSubsequence("Rescaling", "ReLU", "Rescaling");
    float[] input = new float[2 * 8 * 8 * 3];
    for (int i = 0; i < input.length; i++) {
      input[i] = i / 20f - 8;
    }
    float[] expected = run(model, Nets.store(model, 5), input);
    float[] given = run(read, Nets.store(model, 5), input);
    for (int i = 0; i < given.length; i++) {
      assertThat(given[i]).isCloseTo(expected[i], Offset.offset(1e-6f));
    }
  }
}
