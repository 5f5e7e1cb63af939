package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.files.NpzFile;
import dev.graft.files.Sha256;
import dev.graft.train.Callback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A published network, fine-tuned in tf_keras and here from the same batches. */
@Tag("shared")
class PublishedFileTest {
  private static final Path ARCHIVE = Path.of("../shared/keras-files/keras-files.tar");
  private static final String FILE = "trained/fer2013_mini_XCEPTION.119-0.65.hdf5";
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/fer2013");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"as-compiled", "momentum"})
  void twentyStepsAreKeras(String name) throws IOException, InterruptedException {
    assumeTrue(Files.exists(ARCHIVE), ARCHIVE + " is not here");
    Config golden = Config.read(GOLDENS.resolve("case.json"));
    Path file = unpack();
    assertThat(Sha256.of(file)).isEqualTo(golden.string("file_sha256"));
    Config expected = golden.get("cases").get(name);
    Lab lab = new Lab(folder);
    data(lab);
    List<Double> means = new ArrayList<>();
    lab.additions =
        lab.additions.withCallback(
            "Means",
            c -> Callback.everyStep((training, batch, logs) -> means.add(logs.get("loss"))));
    Lab.Outcome run = lab.run(recipe(file, golden, expected));

    double[] losses = expected.get("means").numbers();
    assertThat(means).hasSize(losses.length);
    for (int i = 0; i < losses.length; i++) {
      assertThat(means.get(i)).as("mean loss after step %d", i).isCloseTo(losses[i], within(1e-4));
    }
    for (String log : expected.get("history").keys()) {
      double[] values = expected.get("history").get(log).numbers();
      for (int epoch = 0; epoch < values.length; epoch++) {
        assertThat(run.history().values(log).get(epoch))
            .as("%s of epoch %d", log, epoch)
            .isCloseTo(values[epoch], within(1e-4));
      }
    }
    weights(run.weights(), GOLDENS.resolve(name + ".npz"));
  }

  private static void weights(Map<String, float[]> came, Path golden) {
    try (NpzFile npz = NpzFile.open(golden)) {
      float[] expected = npz.array("final").floats();
      int at = 0;
      for (Map.Entry<String, float[]> weight : came.entrySet()) {
        for (float value : weight.getValue()) {
          assertThat(value).as(weight.getKey()).isCloseTo(expected[at++], within(1e-4f));
        }
      }
      assertThat(at).isEqualTo(expected.length);
    }
  }

  private Path unpack() throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder("tar", "-xf", ARCHIVE.toString(), "-C", folder.toString(), "./" + FILE)
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
    return folder.resolve(FILE);
  }

  private static void data(Lab lab) {
    NpyArray pictures = read("pictures.npy");
    float[] x = pictures.floats();
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] / 127.5f - 1;
    }
    lab.save("x.npy", NpyArray.of(pictures.shape(), x));
    lab.save("y.npy", read("labels.npy"));
  }

  private static NpyArray read(String name) {
    try (NpyFile file = NpyFile.open(GOLDENS.resolve(name))) {
      return file.array();
    }
  }

  private static Map<String, Object> recipe(Path file, Config golden, Config expected) {
    Map<String, Object> source = Map.of("npy", List.of("x.npy", "y.npy"));
    Map<String, Object> validation = new LinkedHashMap<>(source);
    validation.put("take", 16);
    Map<String, Object> stage = new LinkedHashMap<>();
    stage.put("optimizer", expected.get("optimizer").plain());
    stage.put("loss", expected.get("loss").plain());
    stage.put("metrics", expected.get("metrics").plain());
    stage.put("epochs", golden.integer("epochs"));
    stage.put("batch_size", golden.integer("batch_size"));
    stage.put("shuffle", false);
    stage.put("freeze", expected.get("frozen").plain());
    stage.put("callbacks", List.of("Means"));
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("graft", 1);
    recipe.put("name", "published");
    recipe.put("model", Map.of("load", file.toString()));
    recipe.put("data", Map.of("train", source, "validation", validation));
    recipe.put("stages", List.of(stage));
    recipe.put("export", List.of());
    return recipe;
  }
}
