package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Net;
import dev.graft.layers.Operation;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

class OperationsOutTest {
  @TempDir Path folder;

  private static Map<String, Object> args(Object... positional) {
    return Map.of("args", List.of(positional));
  }

  private static Use.Input in(int index) {
    return new Use.Input(index);
  }

  /** {@code function} of two tensors (2, 3, 4, 5), as far as it takes them. */
  private static Model model(
      String function, Map<String, Object> settings, int inputs, Map<String, Object> arguments) {
    Net net = new Net("net");
    Ref[] given = new Ref[inputs];
    for (int i = 0; i < inputs; i++) {
      given[i] = net.input("in" + i, -1, 3, 4, 5);
    }
    Operation operation = new Operation(function, function, settings);
    return net.model(net.put(new Model.Entry("tried", true, operation), arguments, given));
  }

  static Stream<Arguments> twins() {
    return Stream.of(
        Arguments.of("Add", Map.of(), 2, Map.of(), "Add"),
        Arguments.of("Subtract", Map.of(), 2, args(in(1), in(0)), "Subtract"),
        Arguments.of("Multiply", Map.of(), 2, Map.of(), "Multiply"),
        Arguments.of("Maximum", Map.of(), 2, Map.of(), "Maximum"),
        Arguments.of("Add", Map.of(), 1, args(in(0), 3.0), "Rescaling"),
        Arguments.of("Subtract", Map.of(), 1, args(in(0), 0.3), "Rescaling"),
        Arguments.of("Subtract", Map.of(), 1, args(1, in(0)), "Rescaling"),
        Arguments.of("Multiply", Map.of(), 1, args(in(0), 1 / 6.0), "Rescaling"),
        Arguments.of("TrueDivide", Map.of(), 1, args(in(0), 4), "Rescaling"),
        Arguments.of("Relu6", Map.of(), 1, Map.of(), "ReLU"),
        Arguments.of("Clip", Map.of(), 1, args(in(0), 0, 0.5), "ReLU"),
        Arguments.of("Sigmoid", Map.of(), 1, Map.of(), "Activation"),
        Arguments.of("LeakyRelu", Map.of("negative_slope", 0.3), 1, Map.of(), "LeakyReLU"),
        Arguments.of("Softmax", Map.of("axis", 2), 1, Map.of(), "Softmax"),
        Arguments.of("Reshape", Map.of("newshape", List.of(-1, 12, 5)), 1, Map.of(), "Reshape"),
        Arguments.of("Transpose", Map.of("axes", List.of(0, 3, 1, 2)), 1, Map.of(), "Permute"),
        Arguments.of(
            "Mean",
            Map.of("axis", List.of(1, 2), "keepdims", true),
            1,
            Map.of(),
            "GlobalAveragePooling2D"),
        Arguments.of("Concatenate", Map.of("axis", 3), 2, Map.of(), "Concatenate"),
        // No layer does the same.
        Arguments.of("Mean", Map.of("axis", List.of(3)), 1, Map.of(), null),
        Arguments.of("Transpose", Map.of("axes", List.of(1, 0, 2, 3)), 1, Map.of(), null),
        Arguments.of("Clip", Map.of(), 1, args(in(0), -1, 0.5), null),
        Arguments.of("Multiply", Map.of(), 1, args(in(0), List.of(1, 2, 3, 4, 5)), null),
        Arguments.of("Flip", Map.of("axis", 1), 1, Map.of(), null));
  }

  @ParameterizedTest
  @MethodSource("twins")
  void aLayerInItsPlaceComputesTheSame(
      String function,
      Map<String, Object> settings,
      int inputs,
      Map<String, Object> arguments,
      String layer) {
    Model model = model(function, settings, inputs, arguments);
    Path file = folder.resolve("net.h5");
    KerasWriter.wholeH5(file, KerasWriter.Contents.of(model, name -> new float[0]));
    Model read = KerasFile.open(file, Layers.standard()).model();
    if (layer == null) {
      assertThat(read.layer("tried").layer()).isInstanceOf(Operation.class);
      assertThat(OperationsOut.left(model)).containsExactly("tried");
      assertThat(Reopening.h5(model, null, false))
          .singleElement()
          .asString()
          .startsWith(".h5: neither tf_keras nor Keras 3 opens it")
          .endsWith(": tried");
      return;
    }
    assertThat(read.layer("tried").layer().className()).isEqualTo(layer);
    assertThat(read.layer("tried").layer()).isNotInstanceOf(Operation.class);
    assertThat(outputs(read)).isEqualTo(outputs(model));
    assertThat(Reopening.h5(model, null, false)).isEmpty();
  }

  private static float[] outputs(Model model) {
    List<Tensor> fed = new ArrayList<>();
    try (Network network = Network.forInference(model, Settings.standard())) {
      for (Ref ref : model.inputs()) {
        float[] x = new float[2 * 3 * 4 * 5];
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) Math.sin(i * 0.7 + ref.layer().hashCode());
        }
        fed.add(Tensors.floats(x, 2, 3, 4, 5));
      }
      try (Result result = network.run(network.inference(), fed)) {
        return Tensors.read(result.get(0));
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  /** A layer would hand the mask on, which an operation does not. */
  @Test
  void whereThereAreMasksOperationsStay() {
    Net net = new Net("masked");
    Ref x = net.input("x", -1, 4, 3);
    Ref masked = net.layer("mask", "Masking", Map.of("mask_value", 0), x);
    Model model = net.model(net.put("relu", new Operation("Relu", "Relu", Map.of()), masked));
    assertThat(OperationsOut.left(model)).containsExactly("relu");
  }

  @Test
  void saysWhatKerasMakesOfNetworksInside() {
    Model inside = model("Flip", Map.of("axis", 1), 1, Map.of());
    Map<String, Nested> layers = new HashMap<>();
    layers.put("inside", new Nested(inside));
    layers.put("plain", new Nested(model("Relu", Map.of(), 1, Map.of())));
    layers.forEach(
        (name, nested) -> {
          Net net = new Net("outer");
          Model outer = net.model(net.put(name, nested, net.input("x", -1, 3, 4, 5)));
          assertThat(Reopening.h5(outer, null, false))
              .singleElement()
              .asString()
              .startsWith(
                  name.equals("inside")
                      ? ".h5: neither tf_keras nor Keras 3 opens it"
                      : ".h5: tf_keras opens it, Keras 3 does not")
              .endsWith(name.equals("inside") ? ": inside/tried" : ": plain");
        });
  }

  @Test
  void saysWhatTfKerasLacks() {
    Net net = new Net("newer");
    Ref x = net.input("x", -1, 3);
    Model plain = net.model(net.layer("bend", "Activation", Map.of("activation", "hard_silu"), x));
    assertThat(Reopening.h5(plain, null, false))
        .containsExactly(".h5: Keras 3 opens it, tf_keras does not, as it lacks: hard_silu");
    Net around = new Net("outer");
    Model outer = around.model(around.put("trunk", new Nested(plain), around.input("in", -1, 3)));
    assertThat(Reopening.h5(outer, null, false))
        .containsExactly(
            ".h5: neither tf_keras opens it, as it lacks hard_silu, nor Keras 3, as it reads these"
                + " calls in other words; it opens a .keras: trunk");
  }

  @Test
  void saysWhichOptimizersOneKerasAloneCompiles() {
    Model model = model("Relu", Map.of(), 1, Map.of());
    CompileSettings adam = new CompileSettings("Adam", Map.of(), "mse", null, null, null);
    assertThat(Reopening.h5(model, adam, false)).isEmpty();
    assertThat(Reopening.h5(model, adam, true))
        .containsExactly(
            ".h5: tf_keras opens it, Keras 3 with compile=False alone, as its words for Adam and"
                + " its state are tf_keras's; Keras 3 opens a .keras with everything in it");
    Map<String, Object> decay = Map.of("weight_decay", 0.1);
    CompileSettings adamW = new CompileSettings("AdamW", decay, "mse", null, null, null);
    assertThat(Reopening.h5(model, adamW, false)).singleElement().asString().contains("for AdamW");
  }
}
