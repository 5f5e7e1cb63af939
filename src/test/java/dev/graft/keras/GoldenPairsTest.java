package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.files.Hdf5File;
import dev.graft.files.Hdf5Group;
import dev.graft.files.NpyArray;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 75 networks that others saved with Keras 2, and what Keras computed with them. */
@Tag("shared")
class GoldenPairsTest {
  private static final Path ARCHIVE = Path.of("../shared/keras-files/keras-files.tar");
  private static final String MODEL = "_model.h5";

  @TempDir Path folder;

  @Test
  void everyPairComputesWhatKerasComputed() throws IOException, InterruptedException {
    assumeTrue(Files.exists(ARCHIVE), ARCHIVE + " is not here");
    Process tar =
        new ProcessBuilder("tar", "-xf", ARCHIVE.toString(), "-C", folder.toString())
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
    List<Path> models;
    try (Stream<Path> files = Files.list(folder.resolve("golden-pairs"))) {
      models = files.filter(file -> file.toString().endsWith(MODEL)).sorted().toList();
    }
    assertThat(models).hasSize(75);
    List<String> wrong = new ArrayList<>();
    for (Path model : models) {
      double worst = worst(model);
      if (!(worst <= 1)) {
        wrong.add(model.getFileName() + ": " + worst + " times what is allowed");
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** The largest difference, in units of what is allowed: 1e-5 relative. */
  private static double worst(Path file) {
    Path pair =
        file.resolveSibling(file.getFileName().toString().replace(MODEL, "_inputs_and_outputs.h5"));
    Model model = KerasFile.open(file, Layers.standard()).model();
    try (Hdf5File golden = Hdf5File.open(pair)) {
      Hdf5Group inputs = golden.root().group("inputs");
      List<float[]> outputs = Computed.outputs(file, model, name -> array(inputs, name));
      Hdf5Group expected = golden.root().findGroup("predictions").orElse(null);
      if (expected == null) {
        // 'outputs' are what it was trained towards, not what it computes: where there are both,
        // their mean squared difference is the file's 'scores/loss'.
        assertThat(file.getFileName().toString()).isEqualTo("simple_lstm_tf_keras_2_model.h5");
        return 0;
      }
      double worst = 0;
      int i = 0;
      for (String name : expected.datasets().keySet()) {
        float[] values = expected.dataset(name).floats();
        assertThat(outputs.get(i)).hasSameSizeAs(values);
        for (int k = 0; k < values.length; k++) {
          double allowed = 1e-6 + 1e-5 * Math.abs(values[k]);
          worst = Math.max(worst, Math.abs(outputs.get(i)[k] - values[k]) / allowed);
        }
        i++;
      }
      assertThat(i).isEqualTo(outputs.size());
      return worst;
    }
  }

  private static NpyArray array(Hdf5Group inputs, String name) {
    String stored =
        inputs.datasets().size() == 1 ? inputs.datasets().keySet().iterator().next() : name;
    return NpyArray.of(inputs.dataset(stored).shape(), inputs.dataset(stored).floats());
  }
}
