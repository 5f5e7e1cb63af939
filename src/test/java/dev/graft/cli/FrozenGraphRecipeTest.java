package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.graft.config.Config;
import dev.graft.export.Answer;
import dev.graft.export.ServedModel;
import dev.graft.network.FrozenGraph;
import dev.graft.network.GraphDefs;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * A head on a frozen graph, from photos to the exported graph, against TensorFlow's own figures.
 */
class FrozenGraphRecipeTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/frozen").toAbsolutePath();
  private static final Path PHOTO = GOLDENS.resolve("photos/evening/evening10.jpg");

  @TempDir static Path folder;
  private static Path run;
  private static Cli.Outcome trained;
  private static Config golden;

  @BeforeAll
  static void train() throws IOException {
    golden = Config.read(GOLDENS.resolve("golden.json"));
    run = folder.resolve("run");
    trained = Cli.graft("train", recipe("DecodeJpeg/contents", ""), "--out", run.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static String recipe(String input, String image) throws IOException {
    Path file = Files.createTempFile(folder, "frozen", ".json");
    Files.writeString(
        file,
        """
        {"graft": 1, "name": "frozen",
         "model": {
           "graphdef": {"file": "%s/inception.pb", "input": "%s", "output": "pool_3/_reshape"},
           "head": [{"Dense": {"units": "classes", "activation": "softmax",
             "kernel_initializer": "zeros"}}]},
         "data": {"train": {"folder": "%s/photos"}, %s
           "validation": {"hash": 20}, "test": {"hash": 20}},
         "stages": [{"optimizer": {"SGD": {"learning_rate": 0.5}}, "metrics": ["accuracy"],
           "loss": "categorical_crossentropy", "epochs": 10, "batch_size": 23}]}
        """
            .formatted(GOLDENS, input, GOLDENS, image));
    return file.toString();
  }

  @Test
  void everyStepIsTensorFlows() {
    double[] losses = golden.get("losses").numbers();
    List<Config> epochs = Config.read(run.resolve("history.json")).items();
    assertThat(epochs).hasSize(losses.length);
    for (int i = 0; i < losses.length; i++) {
      assertThat(epochs.get(i).number("loss"))
          .as("loss of step %d", i)
          .isCloseTo(losses[i], Offset.offset(1e-5));
    }
    assertThat(trained.out())
        .contains("test_accuracy %.4f".formatted(golden.number("test_accuracy")));
  }

  @Test
  void filesFallWhereTheOriginalScriptPutsThem() {
    long train = count("train");
    assertThat(trained.err())
        .contains("x_train shape: (" + train + ",)")
        .contains(count("validation") + " validation samples")
        .contains(count("test") + " test samples");
  }

  private static long count(String part) {
    return golden.get("files").items().stream()
        .filter(file -> file.string("part").equals(part))
        .count();
  }

  @Test
  void thePicturesTensorGivesNearlyTheSame() throws IOException {
    Path out = folder.resolve("mul");
    String image = "\"image\": {\"rescale\": \"1/128\", \"offset\": -1, \"preprocess\": \"none\"},";
    Cli.Outcome outcome = Cli.graft("train", recipe("Mul", image), "--out", out.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    double[] losses = golden.get("losses").numbers();
    List<Config> epochs = Config.read(out.resolve("history.json")).items();
    // Resized by tf.image.resize, whose pixel centres lie elsewhere than TensorFlow 1's.
    assertThat(epochs.get(9).number("loss")).isCloseTo(losses[9], Offset.offset(0.05));
  }

  @Test
  void theRunPredictsAndIsMeasured() {
    Cli.Outcome said = Cli.graft("predict", run.toString(), PHOTO.toString(), "--json");
    assertThat(said.code()).as(said.err()).isZero();
    Config first = Config.parse(said.out(), "predict").items().get(0);
    assertThat(first.get("predictions").items().get(0).string("class")).isEqualTo("evening");
    Cli.Outcome measured =
        Cli.graft("evaluate", run.toString(), "--data", GOLDENS + "/photos", "--json");
    assertThat(measured.code()).as(measured.err()).isZero();
    assertThat(Config.parse(measured.out(), "evaluate").number("accuracy")).isGreaterThan(0.9);
  }

  @Test
  void anUnlabelledCsvGetsAPredictionForEachRow() throws IOException {
    Path csv = folder.resolve("test.csv");
    Files.writeString(csv, "id,filename\n1,morning/morning9.jpg\n2,evening/evening10.jpg\n");
    Path out = folder.resolve("predictions.csv");
    String[] words = {
      "predict",
      run + "",
      csv + "",
      "--folder",
      GOLDENS + "/photos",
      "--top",
      "1",
      "--out",
      out + ""
    };
    Cli.Outcome said = Cli.graft(words);
    assertThat(said.code()).as(said.err()).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).contains("morning9.jpg,morning,");
    assertThat(lines.get(2)).contains("evening10.jpg,evening,");
    Files.writeString(csv, "id,filename\n1,morning/missing.jpg\n");
    assertThat(Cli.graft(words).error())
        .contains("test.csv: row 2: no file 'morning/missing.jpg'")
        .contains("--folder");
    assertThat(Cli.graft("predict", run + "", PHOTO + "", "--folder", ".").error())
        .contains("--folder: it says where the files of a .csv lie");
  }

  @Test
  void aRecipeHasItsFullSizeBehindAnOption() throws IOException {
    Path file = Path.of(recipe("DecodeJpeg/contents", ""));
    String text = Files.readString(file);
    Path sized = folder.resolve("sized.json");
    int brace = text.lastIndexOf('}');
    Files.writeString(sized, text.substring(0, brace) + ", \"full\": {\"stages.0.epochs\": 3}}");
    Path small = folder.resolve("small");
    Path full = folder.resolve("full");
    Cli.graft("train", sized + "", "--set", "stages.0.epochs=2", "--out", small + "");
    Cli.graft("train", sized + "", "--full", "--out", full + "");
    assertThat(Config.read(small.resolve("history.json")).items()).hasSize(2);
    assertThat(Config.read(full.resolve("history.json")).items()).hasSize(3);
    assertThat(Config.read(full.resolve("recipe.json")).keys()).doesNotContain("full");
    assertThat(Cli.graft("train", file + "", "--full", "--out", folder + "/x").error())
        .contains("this recipe has no \"full\"");
  }

  @Test
  void theSavedModelAndTheFrozenGraphStandAlone() throws IOException {
    byte[] photo = Files.readAllBytes(PHOTO);
    float evening;
    try (ServedModel model = ServedModel.open(run.resolve("saved_model"), Settings.standard());
        Answer answer = model.classify(List.of(photo, photo, photo))) {
      float[] probabilities = Tensors.read(answer.tensor("probabilities"));
      assertThat(probabilities).hasSize(6);
      evening = probabilities[0];
      assertThat(evening).isGreaterThan(0.5f).isEqualTo(probabilities[4]);
    }
    assertThat(Files.readAllLines(run.resolve("labels.txt"))).containsExactly("evening", "morning");
    assertThat(FrozenGraph.read(run.resolve("model.pb")).placeholders()).hasSize(1);
    Cli.Outcome verified = Cli.graft("verify", run.toString());
    assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
  }

  @Test
  void whatCannotBeIsSaidBeforeAnythingRuns() throws IOException {
    Cli.Outcome keras =
        Cli.graft("train", recipe("Mul", ""), "--set", "export=[\"h5\"]", "--out", folder + "/a");
    assertThat(keras.code()).isEqualTo(2);
    assertThat(keras.error()).contains("export: expected some of saved-model, graphdef");
    Cli.Outcome unprepared = Cli.graft("train", recipe("Mul", ""), "--out", folder + "/a");
    assertThat(unprepared.error()).contains("nothing says how this model wants its pictures");
    Cli.Outcome nowhere = Cli.graft("train", recipe("Mull", ""), "--out", folder + "/a");
    assertThat(nowhere.error()).contains("has no tensor 'Mull'").contains("Did you mean 'Mul'?");
    Cli.Outcome all =
        Cli.graft(
            "train",
            recipe("DecodeJpeg/contents", ""),
            "--set",
            "data.test.hash=90",
            "--out",
            folder + "/a");
    assertThat(all.error()).contains("110.0 per cent are held back");
  }

  @Test
  void anotherGraphUnderTheSameNameIsNotTakenForTheFirst() throws IOException {
    Path graph = folder.resolve("changing.pb");
    Files.copy(GOLDENS.resolve("inception.pb"), graph);
    String[] words = {
      "train",
      recipe("DecodeJpeg/contents", ""),
      "--set",
      "model.graphdef.file=" + graph,
      "--set",
      "stages.0.cache=disk",
      "--out"
    };
    Path home = folder.resolve("home");
    assertThat(again(home, words, "one")).doesNotContain("are there already");
    assertThat(again(home, words, "two")).contains("are there already");
    GraphDef halved =
        GraphDefs.map(FrozenGraph.read(graph).graph(), FrozenGraphRecipeTest::withOtherFirstNumber);
    Files.write(graph, halved.toByteArray());
    assertThat(again(home, words, "three")).doesNotContain("are there already");
  }

  private static String again(Path home, String[] words, String run) {
    String[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = folder.resolve("changing-" + run).toString();
    Cli.Outcome outcome = Cli.at(home, all);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome.err();
  }

  /** Only numbers of its weights change: no name, no shape, not even the size of the file. */
  private static NodeDef withOtherFirstNumber(NodeDef node) {
    AttrValue value = node.getAttrMap().get("value");
    if (value == null || value.getTensor().getTensorContent().size() < 1000) {
      return node;
    }
    byte[] bytes = value.getTensor().getTensorContent().toByteArray();
    bytes[0] ^= 1;
    TensorProto.Builder tensor =
        value.getTensor().toBuilder().setTensorContent(ByteString.copyFrom(bytes));
    return node.toBuilder().putAttr("value", value.toBuilder().setTensor(tensor).build()).build();
  }
}
