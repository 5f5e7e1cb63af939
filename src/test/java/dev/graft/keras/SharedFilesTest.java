package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.error.GraftException;
import dev.graft.files.Hdf5Dataset;
import dev.graft.files.Hdf5File;
import dev.graft.files.Hdf5Group;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

  /**
   * tf_keras 2.18 itself does not get the outputs kept beside those of these that it opens: they
   * are of other weights.
   */
  private static final Set<String> OTHER_WEIGHTS =
      Set.of(
          "simple_flatten_lstm_tf_keras_2_model.h5",
          "simple_flatten_rnn_tf_keras_2_model.h5",
          "simple_lstm_tf_keras_1_model.h5",
          "simple_lstm_tf_keras_2_model.h5",
          "simple_lstm_th_keras_1_model.h5",
          "simple_rnn_tf_keras_2_model.h5");

  /** What Keras computed, kept beside the model: every output for the inputs. */
  @Test
  void everyGoldenPairGivesKerassOutputs() throws IOException {
    int compared = 0;
    for (Path file : models()) {
      Path io = Path.of(file.toString().replace("_model.h5", "_inputs_and_outputs.h5"));
      if (file.toString().contains("golden-pairs") && Files.exists(io)) {
        if (!OTHER_WEIGHTS.contains(file.getFileName().toString())) {
          compare(file, io);
        }
        compared++;
      }
    }
    assertThat(compared).isEqualTo(75);
  }

  private static void compare(Path file, Path io) {
    Model model = KerasFile.open(file, Layers.standard()).model();
    try (WeightFile weights = WeightFile.open(file);
        Hdf5File golden = Hdf5File.open(io);
        Network network = Network.forInference(model, Settings.standard())) {
      network.assign(WeightMatch.of(model, weights, LoadOptions.strict()).store(null));
      List<Hdf5Dataset> inputs = datasets(golden.root().group("inputs"));
      List<Hdf5Dataset> outputs = datasets(golden.root().group("outputs"));
      assertThat(inputs).as(file + ": inputs").hasSameSizeAs(model.inputs());
      assertThat(outputs).as(file + ": outputs").hasSameSizeAs(model.outputs());
      try (Tensor in = Tensors.floats(inputs.get(0).floats(), inputs.get(0).shape());
          Result out = network.run(network.inference(), List.of(in))) {
        assertThat(out.get(0).shape().asArray()).isEqualTo(outputs.get(0).shape());
        close(file, Tensors.read(out.get(0)), outputs.get(0).floats());
      }
    }
  }

  private static List<Hdf5Dataset> datasets(Hdf5Group group) {
    List<Hdf5Dataset> all = new ArrayList<>();
    group.walk(all::add);
    return all;
  }

  private static void close(Path file, float[] came, float[] expected) {
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
