package dev.graft.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.RealKeras;
import dev.graft.keras.KerasWriter;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("python")
class PythonReadbackTest {
  private static final Classifier CLASSIFIER =
      new Classifier(Fixtures.CAFFE, List.of("a", "b", "c"), Scores.PROBABILITIES);

  @TempDir Path folder;

  private Path write(boolean frozen) {
    Path target = folder.resolve("saved_model");
    Model model =
        Fixtures.pictures(3, "softmax")
            .map(entry -> entry.withTrainable(!entry.name().equals("conv2d")));
    try (Network network = Fixtures.network(model)) {
      Note note = Note.of(CLASSIFIER).checked(network, Fixtures.pictures(32));
      SavedModelExport export = SavedModelExport.of(network).about(note);
      (frozen ? export.withConstants() : export).write(target, 1);
    }
    return target.resolve("1");
  }

  @Test
  void pythonListsTheVariablesAndEveryLoaderAgrees() throws IOException, InterruptedException {
    String said = RealKeras.run("tools/readback/signatures_check.py", write(false).toString());
    assertThat(said)
        .contains("variable conv2d/kernel:0 (3, 3, 3, 4) trainable=False")
        .contains("variable dense/kernel:0 (4, 3) trainable=True")
        .contains("variable batch_normalization/moving_variance:0 (4,) trainable=False")
        .contains("signatures serve_images serving_default")
        .contains("dense (3, 3): three loaders agree");
    assertThat(said.lines().filter(line -> line.startsWith("variable "))).hasSize(8);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theGeneratedScriptVerifiesInPython(boolean frozen) throws IOException, InterruptedException {
    Path script = write(frozen).resolve("assets.extra/verify.py");
    String said = RealKeras.run(script.toString());
    assertThat(said).contains("serving_default dense: ok, ").contains("serve_images: ok, ");
    assertThat(Pattern.compile("difference (\\S+)").matcher(said).results())
        .hasSize(2)
        .allMatch(found -> Double.parseDouble(found.group(1)) <= 1e-5);
  }

  /** Keras computes what the SavedModel computes, in each of the forms it is written in. */
  @ParameterizedTest
  @CsvSource({
    "false, FLOAT32, float32",
    "true, FLOAT32, -",
    "false, BFLOAT16, bfloat16",
    "true, BFLOAT16, -",
    "false, FLOAT16, float16"
  })
  void kerasComputesTheSame(boolean frozen, Precision precision, String kept)
      throws IOException, InterruptedException {
    Path keras = folder.resolve("model.keras");
    Path target = folder.resolve("saved_model");
    Model model = Fixtures.pictures(3, "softmax");
    try (Network network = Fixtures.network(model)) {
      KerasWriter.keras(keras, KerasWriter.Contents.of(network.model(), network));
      Note note = Note.of(CLASSIFIER).checked(network, List.of());
      Folding folding = Folding.of(model, network, List.of());
      try (Network folded = Network.forInference(folding.model(), Fixtures.SETTINGS)) {
        folded.assign(folding.weights());
        SavedModelExport export =
            frozen ? SavedModelExport.of(folded).withConstants() : SavedModelExport.of(network);
        export.about(note).withFeatures(List.of("dense")).in(precision).write(target, 1);
      }
    }
    String said =
        RealKeras.run(
            "tools/readback/serving_check.py",
            keras.toString(),
            target.resolve("1").toString(),
            "dense");
    assertThat(said)
        .contains("cli signature_def['serving_default']:")
        .contains("cli inputs['input_layer'] tensor_info:")
        .containsPattern("warm-up serving_default of tiny, read with .*: 2 rows, off by ")
        .containsPattern("warm-up serve_images of tiny, read with .*: 2 rows, off by ");
    double most = precision == Precision.FLOAT32 ? 1e-5 : 5e-2;
    assertThat(Pattern.compile("off by (\\S+)").matcher(said).results())
        .hasSize(5)
        .allMatch(found -> Double.parseDouble(found.group(1)) <= most);
    assertThat(said.lines().filter(line -> line.endsWith("(3, 3, 3, 4) " + kept)))
        .hasSize(frozen ? 0 : 1);
  }

  @Test
  void theScriptVerifiesAFrozenGraph() throws IOException, InterruptedException {
    Path script = write(false).resolve("assets.extra/verify.py");
    Path file = folder.resolve("tiny.pb");
    try (Network network = Fixtures.network(Fixtures.pictures(3, "softmax"))) {
      Note note = Note.of(CLASSIFIER).checked(network, List.of());
      FrozenGraphExport.write(network, note, file);
    }
    assertThat(RealKeras.run(script.toString(), file.toString()))
        .contains("tiny.pb dense: ok, largest difference ");
  }
}
