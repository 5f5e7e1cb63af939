package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** The main path against real Keras: a narrow VGG and its head, 24 steps, in both Kerases. */
class MainPathTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/vgg/training");
  private static final int KNOWN_CASES = 16;

  static List<Path> cases() throws IOException {
    try (Stream<Path> all = Files.list(GOLDENS)) {
      return all.filter(p -> Files.exists(p.resolve("case.json"))).sorted().toList();
    }
  }

  @Test
  void noCaseIsLost() throws IOException {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(KNOWN_CASES);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyStepIsKeras(Path folder) {
    Config golden = Config.read(folder.resolve("case.json"));
    Run run = new Run(folder, golden, Stage.Cache.OFF);
    double[] losses = golden.get("step_losses").numbers();
    assertThat(run.recorder.losses).hasSize(losses.length);
    for (int i = 0; i < losses.length; i++) {
      assertThat(run.recorder.losses.get(i))
          .as("loss of step %d", i)
          .isCloseTo(losses[i], tolerance());
    }
    float[] kernels = npy(folder.resolve("steps.dense_1.kernel.npy")).floats();
    for (int i = 0; i < run.recorder.values.size(); i++) {
      float[] kernel = run.recorder.values.get(i);
      close(
          "dense_1/kernel after step " + i,
          kernel,
          Arrays.copyOfRange(kernels, i * kernel.length, (i + 1) * kernel.length));
    }
    boolean fusedStatistics = movesTheSampleVariance(golden);
    for (Map.Entry<String, float[]> weight : run.weights.entrySet()) {
      if (!fusedStatistics || !weight.getKey().endsWith("/moving_variance")) {
        close(weight.getKey(), weight.getValue(), finalWeight(folder, weight.getKey()));
      }
    }
    for (String log : golden.get("history").keys()) {
      if (!fusedStatistics || !log.startsWith("val_")) {
        double[] values = golden.get("history").get(log).numbers();
        for (int epoch = 0; epoch < values.length; epoch++) {
          assertThat(run.history.values(log).get(epoch))
              .as("%s of epoch %d", log, epoch)
              .isCloseTo(values[epoch], tolerance());
        }
      }
    }
    if (!fusedStatistics) {
      close("predictions", run.predictions, npy(folder.resolve("final.predictions.npy")).floats());
    }
  }

  /**
   * Where tf_keras trains a BatchNormalization over images it moves towards the sample variance: n
   * / (n - 1) of the population variance that Keras 3 and Graft take.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tf_keras-adam", "tf_keras-adam-all-trainable"})
  void movingVarianceDiffersFromOldKerasByItsSampleFactorAlone(String goldenName) {
    Path folder = GOLDENS.resolve(goldenName);
    Config golden = Config.read(folder.resolve("case.json"));
    Run run = new Run(folder, golden, Stage.Cache.OFF);
    String name = "batch_normalization/moving_variance";
    float[] first = npy(folder.resolve(name.replace('/', '.') + ".npy")).floats();
    float[] theirs = finalWeight(folder, name);
    double kept = Math.pow(0.99, golden.get("steps").integer());
    for (int i = 0; i < theirs.length; i++) {
      double factor = (theirs[i] - kept * first[i]) / (run.weights.get(name)[i] - kept * first[i]);
      // Full batches hold 8 pictures of 4 × 4 positions, the last of an epoch 4 pictures.
      assertThat(factor).isBetween(128 / 127.0 - 1e-4, 64 / 63.0 + 1e-4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"keras3-adam", "keras3-adam-frozen-batch-normalization"})
  void keptFeaturesChangeNothing(String name) {
    Path folder = GOLDENS.resolve(name);
    Config golden = Config.read(folder.resolve("case.json"));
    Run off = new Run(folder, golden, Stage.Cache.OFF);
    for (Stage.Cache cache : List.of(Stage.Cache.MEMORY, Stage.Cache.DISK)) {
      Run kept = new Run(folder, golden, cache);
      for (int i = 0; i < off.recorder.losses.size(); i++) {
        assertThat(kept.recorder.losses.get(i))
            .as("loss of step %d", i)
            .isCloseTo(off.recorder.losses.get(i), within(1e-5));
      }
      off.weights.forEach((weight, values) -> close(weight, kept.weights.get(weight), values));
    }
  }

  @Test
  void equalSeedsAndThreadsGiveEqualBits() throws IOException {
    Path folder = cases().get(0);
    Config golden = Config.read(folder.resolve("case.json"));
    Run one = new Run(folder, golden, Stage.Cache.OFF);
    Run two = new Run(folder, golden, Stage.Cache.OFF);
    one.weights.forEach(
        (name, values) -> assertThat(two.weights.get(name)).as(name).isEqualTo(values));
  }

  /** A golden's training, run in Graft. */
  private static final class Run {
    final StepRecorder recorder;
    final History history = new History();
    final Map<String, float[]> weights;
    final float[] predictions;

    Run(Path folder, Config golden, Stage.Cache cache) {
      Model model =
          Nets.sequential(
              Config.of(golden.get("layers").plain(), "case.json: layers"),
              new HashSet<>(golden.strings("frozen")),
              Arrays.stream(golden.get("input_shape").integers()).asLongStream().toArray());
      Config data = golden.get("data");
      Rows train = rows(folder, data.string("x"), data.string("y"));
      Rows validation = rows(folder, data.string("validation_x"), data.string("validation_y"));
      recorder = new StepRecorder(train.size(), golden.integer("batch_size"), "dense_1/kernel");
      Loss loss = Losses.read(Config.of(golden.string("loss"), "loss"));
      Stage stage =
          Stage.of(
                  "test",
                  Objective.of(loss, List.of(Metrics.read(Config.of("accuracy", "metrics")))),
                  Optimizers.read(Config.of(golden.get("optimizer").plain(), "optimizer")),
                  Pace.of(golden.integer("epochs"), golden.integer("batch_size")).inOrder())
              .with(cache)
              .with(recorder);
      try (Network network =
          Network.forTraining(model, new Settings(1, "cpu", Settings.Precision.FLOAT32), 7)) {
        network.assign(name -> npy(folder.resolve(name.replace('/', '.') + ".npy")).floats());
        Trainer.fit(Job.of(network, stage, train, validation).with(history));
        weights = network.weights();
        predictions = predict(network, validation);
      }
    }

    private static float[] predict(Network network, Rows rows) {
      dev.graft.network.Path path =
          network.path(
              dev.graft.network.Path.Mode.INFERENCE,
              network.model().inputs(),
              network.model().outputs());
      NpyArray x = rows.x().get(0);
      try (Tensor in = Tensors.floats(x.floats(), x.shape());
          Result out = network.run(path, List.of(in))) {
        return Tensors.read(out.get(0));
      }
    }
  }

  private static boolean movesTheSampleVariance(Config golden) {
    return golden.string("library").equals("tf_keras")
        && !golden.strings("frozen").contains("batch_normalization");
  }

  private static Rows rows(Path folder, String x, String y) {
    return Rows.of(npy(folder.resolve(x)), npy(folder.resolve(y)));
  }

  private static float[] finalWeight(Path folder, String name) {
    return npy(folder.resolve("final." + name.replace('/', '.') + ".npy")).floats();
  }

  private static NpyArray npy(Path file) {
    try (NpyFile npy = NpyFile.open(file)) {
      return npy.array();
    }
  }

  private static org.assertj.core.data.Offset<Double> tolerance() {
    return within(1e-5);
  }

  private static void close(String what, float[] came, float[] expected) {
    assertThat(came).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < came.length; i++) {
      assertThat(came[i]).as("%s[%d]", what, i).isCloseTo(expected[i], within(1e-5f));
    }
  }
}
