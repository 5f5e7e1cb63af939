package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What we write, we read back: the same network, the same weights, the same notes. */
class KerasWriterTest {
  @TempDir Path folder;

  static Stream<Model> nets() {
    return Stream.of(Nets.sequentialNet(), Nets.functionalNet(), Nets.newerNet());
  }

  @ParameterizedTest
  @MethodSource("nets")
  void aKerasArchiveComesBackTheSame(Model model) throws IOException {
    KerasWriter.Contents contents = contents(model);
    Path file = folder.resolve("net.keras");
    KerasWriter.keras(file, contents);
    KerasFile read = KerasFile.open(file, Layers.standard());
    assertSame(read.model(), model);
    assertThat(read.kind()).isEqualTo(FileKind.KERAS);
    assertThat(read.graft()).isEqualTo(contents.graft());
    assertThat(read.compile()).isEqualTo(contents.compile());
    assertWeights(file, model);
    Path again = folder.resolve("again.keras");
    KerasWriter.keras(again, contents);
    assertThat(again).hasSameBinaryContentAs(file);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(file, again);
    }
  }

  @ParameterizedTest
  @MethodSource("nets")
  void aWholeH5ComesBackTheSame(Model model) {
    KerasWriter.Contents contents = contents(model);
    Path file = folder.resolve("net.h5");
    KerasWriter.wholeH5(file, contents);
    KerasFile read = KerasFile.open(file, Layers.standard());
    assertSame(read.model(), model);
    assertThat(read.graft()).isEqualTo(contents.graft());
    assertThat(read.compile()).isEqualTo(contents.compile());
    assertWeights(file, model);
    Path again = folder.resolve("again.h5");
    KerasWriter.wholeH5(again, contents);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  @ParameterizedTest
  @MethodSource("nets")
  void weightsAloneAndTheArchitectureComeBackTheSame(Model model) {
    KerasWriter.Contents contents = contents(model);
    Path named = folder.resolve("net.h5");
    Path counted = folder.resolve("net.weights.h5");
    Path architecture = folder.resolve("net.json");
    KerasWriter.weightsH5(named, model, contents.weights());
    KerasWriter.weightsV3(counted, model, contents.weights());
    KerasWriter.architecture(architecture, model);
    assertWeights(named, model);
    assertWeights(counted, model);
    assertSame(KerasFile.open(architecture, Layers.standard()).model(), model);
  }

  /** A file that tf_keras cannot open anyway is in words that Keras 3 opens. */
  @Test
  void anH5SaysKeras3WhereTfKerasLacksALayer() {
    for (Model model : List.of(Nets.functionalNet(), Nets.newerNet())) {
      Path file = folder.resolve(model.name() + ".h5");
      KerasWriter.wholeH5(file, contents(model));
      boolean newer = model.name().equals("words");
      assertThat(KerasFile.open(file, Layers.standard()).writer().generation())
          .isEqualTo(newer ? 3 : 2);
    }
  }

  @Test
  void anArchitectureOfAnySizeFits() {
    Net net = new Net("deep");
    Ref x = net.input("in", -1, 2);
    for (int i = 0; i < 400; i++) {
      x = net.layer("layer_" + i, "Dense", Map.of("units", 2), x);
    }
    Model model = net.model(x);
    Path file = folder.resolve("deep.h5");
    KerasWriter.wholeH5(file, KerasWriter.Contents.of(model, Nets.store(model, 1)));
    assertSame(KerasFile.open(file, Layers.standard()).model(), model);
    assertWeights(file, model, 1);
  }

  @ParameterizedTest
  @MethodSource("nets")
  void optimizerStateComesBack(Model model) {
    CompileSettings adam =
        new CompileSettings("Adam", Map.of("learning_rate", 0.5), "mse", null, null, null);
    List<String> trainable =
        model.variables().stream()
            .filter(Model.Variable::trainable)
            .map(Model.Variable::name)
            .toList();
    OptimizerState state =
        new OptimizerState(
            41,
            List.of("momentum", "velocity"),
            trainable,
            (slot, v) -> Nets.weights(model, slot.equals("momentum") ? 8 : 9).get(v),
            1);
    KerasWriter.Contents contents =
        new KerasWriter.Contents(model, Nets.store(model, 3), adam, state, null);
    KerasWriter.wholeH5(folder.resolve("net.h5"), contents);
    KerasWriter.keras(folder.resolve("net.keras"), contents);
    for (String name : List.of("net.h5", "net.keras")) {
      KerasFile read = KerasFile.open(folder.resolve(name), Layers.standard());
      try (WeightFile weights = WeightFile.open(folder.resolve(name))) {
        OptimizerState back = read.optimizer(weights);
        assertThat(back.iterations()).isEqualTo(41);
        assertThat(back.slots()).containsExactly("momentum", "velocity");
        assertThat(back.variables()).isEqualTo(trainable);
        for (String variable : trainable) {
          assertThat(back.values().values("velocity", variable))
              .as(variable)
              .isEqualTo(Nets.weights(model, 9).get(variable));
        }
      }
    }
  }

  /** Said with the other generation's function, the weights before it are multiplied by 1.2. */
  @Test
  void oldHardSigmoidIsSaidWithTheNewOne() {
    Net net = new Net("gates");
    Ref x = net.input("in", -1, 4, 2);
    Map<String, Object> lstm =
        Map.of("units", 3, "recurrent_activation", "hard_sigmoid_keras2", "name", "l");
    x =
        net.layer(
            "lstm",
            "LSTM",
            Map.of(
                "units",
                3,
                "recurrent_activation",
                "hard_sigmoid_keras2",
                "return_sequences",
                true),
            x);
    x =
        net.layer(
            "both",
            "Bidirectional",
            Map.of("layer", Map.of("class_name", "LSTM", "config", lstm)),
            x);
    net.layer("out", "Dense", Map.of("units", 2, "activation", "hard_sigmoid_keras2"), x);
    Model model = net.sequential();
    assertThat(HardSigmoid.changed(model)).containsExactly("lstm", "both", "out");
    Path file = folder.resolve("gates.keras");
    KerasWriter.keras(file, KerasWriter.Contents.of(model, Nets.store(model, 4)));
    KerasFile read = KerasFile.open(file, Layers.standard());
    assertThat(read.model().toString()).doesNotContain("HARD_SIGMOID_KERAS2");
    float[] before = Nets.weights(model, 4).get("lstm/kernel");
    try (WeightFile weights = WeightFile.open(file)) {
      float[] after =
          WeightMatch.of(read.model(), weights, LoadOptions.strict())
              .store(null)
              .values("lstm/kernel");
      for (int i = 0; i < after.length; i++) {
        boolean candidate = i % 12 / 3 == 2;
        assertThat(after[i]).isEqualTo(candidate ? before[i] : before[i] * 1.2f);
      }
    }
    Path back = folder.resolve("back.h5");
    KerasWriter.wholeH5(back, KerasWriter.Contents.of(read.model(), Nets.store(model, 4)));
    assertThat(
            NetworkConfig.of(KerasFile.open(back, Layers.standard()).model(), new Keras2Config()))
        .isEqualTo(NetworkConfig.of(model, new Keras2Config()));
  }

  /** Layers stand in Keras's order in a file; uses that need nothing of each other in any. */
  private static void assertSame(Model read, Model written) {
    assertThat(NetworkConfig.of(read, new Keras3Config(Map.of())))
        .isEqualTo(NetworkConfig.of(KerasOrder.of(written), new Keras3Config(Map.of())));
  }

  private static KerasWriter.Contents contents(Model model) {
    return new KerasWriter.Contents(
        model,
        Nets.store(model, 3),
        new CompileSettings(
            "SGD",
            Map.of("learning_rate", 0.01, "momentum", 0.9, "nesterov", true),
            "categorical_crossentropy",
            List.of("accuracy"),
            null,
            null),
        null,
        Map.of("preprocess", "vgg16", "classes", List.of("daisy", "rose")));
  }

  private static void assertWeights(Path file, Model model) {
    assertWeights(file, model, 3);
  }

  private static void assertWeights(Path file, Model model, long seed) {
    Map<String, float[]> expected = Nets.weights(model, seed);
    try (WeightFile weights = WeightFile.open(file)) {
      WeightMatch match = WeightMatch.of(model, weights, LoadOptions.strict());
      expected.forEach(
          (name, values) -> assertThat(match.store(null).values(name)).as(name).isEqualTo(values));
    }
  }
}
