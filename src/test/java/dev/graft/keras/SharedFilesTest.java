package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import dev.graft.error.GraftException;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** Files that others published: configs read, every weight in its place, Keras's outputs. */
@Tag("shared")
class SharedFilesTest {
  private static final Path ARCHIVE = Path.of("../shared/keras-files/keras-files.tar");
  private static final Path OUTPUTS =
      Path.of("src/test/resources/goldens/keras-files/outputs.json");

  @TempDir static Path folder;

  @BeforeAll
  static void unpack() throws IOException, InterruptedException {
    assumeTrue(Files.exists(ARCHIVE), ARCHIVE + " is not here");
    Process tar =
        new ProcessBuilder("tar", "-xf", ARCHIVE.toString(), "-C", folder.toString())
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
  }

  @Test
  void everyFileIsReadAndMatched() throws IOException {
    List<String> refused = new ArrayList<>();
    int opened = 0;
    for (Path file : models()) {
      try {
        KerasFile read = KerasFile.open(file, Layers.standard());
        loadAll(read.model(), file);
        opened++;
      } catch (GraftException e) {
        refused.add(folder.relativize(file) + ": " + e.getMessage());
      }
    }
    // A Lambda's Python code is not run.
    assertThat(refused).allMatch(text -> text.contains("a Lambda holds Python code")).hasSize(3);
    assertThat(opened).isEqualTo(136);
  }

  /** Trained networks and one for each optimizer give what tf_keras computes with them. */
  @Test
  void wholeNetworksGiveKerasOutputs() {
    Config golden = Config.read(OUTPUTS).get("files");
    assertThat(golden.keys()).hasSize(9);
    for (String name : golden.keys()) {
      Path file = folder.resolve(name);
      long[] shape =
          Arrays.stream(golden.get(name).get("shape").integers()).mapToLong(n -> n).toArray();
      float[] x = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) Math.sin(i * 0.37);
      }
      double[] expected = golden.get(name).get("output").numbers();
      close(file, output(file, x, shape), expected);
    }
  }

  private static float[] output(Path file, float[] x, long... shape) {
    Model model = KerasFile.open(file, Layers.standard()).model();
    try (WeightFile weights = WeightFile.open(file);
        Network network = Network.forInference(model, Settings.standard())) {
      network.assign(WeightMatch.of(model, weights, LoadOptions.strict()).store(null));
      try (Tensor in = Tensors.floats(x, shape);
          Result out = network.run(network.inference(), List.of(in))) {
        return Tensors.read(out.get(0));
      }
    }
  }

  private static void close(Path file, float[] came, double... expected) {
    assertThat(came).hasSize(expected.length);
    double most = 1e-3;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(came[i] - expected[i]));
    }
    assertThat(worst / most).as(file + ": output, relative").isLessThan(1e-5);
  }

  private static void loadAll(Model model, Path file) {
    try (WeightFile weights = WeightFile.open(file)) {
      WeightMatch match = WeightMatch.of(model, weights, LoadOptions.strict());
      for (Model.Variable variable : model.variables()) {
        assertThat(match.store(null).values(variable.name()))
            .as(variable.name())
            .hasSize((int) variable.slot().size());
      }
    }
  }

  private static List<Path> models() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(h5|hdf5)"))
          .filter(file -> !file.toString().contains("_inputs_and_outputs"))
          .sorted()
          .toList();
    }
  }
}
