package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.export.Note;
import dev.graft.export.SavedModelExport;
import dev.graft.export.ServedModel;
import dev.graft.export.Verification;
import dev.graft.fetch.Places;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.keras.KerasFile;
import dev.graft.keras.KerasWriter;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that take texts, as both Kerases save them: made by tools/goldens/texts.py. */
class TextsTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/texts");
  private static final int KNOWN = 17;

  @TempDir Path folder;

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".keras") || name.endsWith(".h5"))
          .sorted()
          .toList();
    }
  }

  static List<String> nets() {
    Stream<String> both =
        Stream.of("keras3", "tf_keras")
            .flatMap(g -> Stream.of("review", "bag", "table", "nested").map(net -> net + "." + g));
    return Stream.concat(both, Stream.of("space.keras3")).toList();
  }

  private static Map<String, NpyArray> golden(String net) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    try (NpzFile npz = NpzFile.open(FOLDER.resolve(net + ".npz"))) {
      npz.names().forEach(name -> arrays.put(name, npz.array(name)));
    }
    return arrays;
  }

  private static Map<String, NpyArray> inputs(Map<String, NpyArray> golden) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    golden.forEach(
        (name, array) -> {
          if (name.startsWith("in.")) {
            inputs.put(name.substring(3), array);
          }
        });
    return inputs;
  }

  private static String net(String file) {
    return file.replaceFirst("(\\.given)?\\.(keras|h5)$", "");
  }

  private static Surroundings around() {
    return new Surroundings(
        Places.standard(null, null, null, Map.of()),
        new Settings(1, "cpu", Settings.Precision.FLOAT32),
        Layers.standard(),
        dev.graft.train.Additions.NONE,
        event -> {},
        () -> false);
  }

  private static Network network(Path file) {
    Model model = KerasFile.open(file, Layers.standard()).model();
    Network network = Network.forInference(model, around().settings());
    try (WeightFile weights = WeightFile.open(file)) {
      network.assign(WeightMatch.of(model, weights, LoadOptions.strict()).store(null));
    }
    return network;
  }

  private static void same(Map<String, NpyArray> answers, NpyArray expected) {
    NpyArray came = answers.values().iterator().next();
    assertThat(came.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(came.floats()[i]).isCloseTo(expected.floats()[i], within(2e-6f));
    }
  }

  @Test
  void noFileWasLost() throws IOException {
    assertThat(files()).hasSizeGreaterThanOrEqualTo(KNOWN);
  }

  @ParameterizedTest
  @MethodSource("files")
  void predictsAsKeras(String file) {
    Map<String, NpyArray> golden = golden(net(file));
    try (Predictor predictor =
        new Predictor(network(FOLDER.resolve(file)), Note.none(), around())) {
      same(predictor.arrays(inputs(golden)), golden.get("out"));
    }
  }

  @ParameterizedTest
  @MethodSource("nets")
  void whatGraftWritesOpensAgain(String net) {
    Map<String, NpyArray> golden = golden(net);
    Path keras = folder.resolve("again.keras");
    Path h5 = folder.resolve("again.h5");
    Path served = folder.resolve("served");
    try (Network network = network(FOLDER.resolve(net + ".keras"))) {
      KerasWriter.Contents contents = KerasWriter.Contents.of(network.model(), network);
      KerasWriter.keras(keras, contents);
      KerasWriter.wholeH5(h5, contents);
      SavedModelExport.of(network).about(Note.none().checked(network, List.of())).write(served);
    }
    // Masks that Keras 3 computes by operations go into no .h5; layers find them by themselves.
    assertThat(KerasFile.open(h5, Layers.standard()).model().layers())
        .noneMatch(entry -> entry.layer() instanceof dev.graft.layers.Operation);
    for (Path file : List.of(keras, h5)) {
      try (Predictor predictor = new Predictor(network(file), Note.none(), around())) {
        same(predictor.arrays(inputs(golden)), golden.get("out"));
      }
    }
    assertThat(new Verification(around().settings(), Layers.standard()).of(served))
        .isNotEmpty()
        .allMatch(dev.graft.export.Finding::good);
    try (ServedModel model = ServedModel.open(served, around().settings())) {
      assertThat(model.signature("serving_default").inputs().keySet())
          .isEqualTo(inputs(golden).keySet());
    }
  }

  /** Plain gradient descent over all rows; the inputs are named in another order than Keras's. */
  @ParameterizedTest
  @MethodSource("nets")
  void trainsAsKeras(String net) {
    Map<String, NpyArray> golden = golden(net);
    Map<String, Object> x = new LinkedHashMap<>();
    inputs(golden).keySet().stream()
        .sorted(java.util.Comparator.reverseOrder())
        .forEach(name -> x.put(name, "in." + name));
    Map<String, Object> recipe =
        recipe(net, Map.of("npz", at(net + ".npz"), "x", x, "y", "y", "labels", "binary"));
    List<Double> losses = new Lab(folder).run(recipe).history().values("loss");
    double[] expected = golden.get("losses").doubles();
    for (int i = 0; i < expected.length; i++) {
      assertThat(losses.get(i)).isCloseTo(expected[i], within(1e-6 * expected[i] + 2e-7));
    }
  }

  private static String at(String name) {
    return FOLDER.resolve(name).toAbsolutePath().toString();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> recipe(String net, Map<String, Object> train) {
    Map<String, Object> recipe =
        new LinkedHashMap<>(
            (Map<String, Object>)
                Config.parse(
                        """
                        {"graft": 1, "name": "texts", "export": [],
                         "stages": [{"loss": "binary_crossentropy", "epochs": 4, "batch_size": 8,
                           "shuffle": false, "optimizer": {"SGD": {"learning_rate": 0.125}}}]}
                        """,
                        "recipe")
                    .plain());
    recipe.put("model", Map.of("load", at(net + ".keras")));
    recipe.put("data", Map.of("train", train));
    return recipe;
  }

  /** The same rows as a table, a column for each input; a number stands for a city's name, too. */
  @ParameterizedTest
  @ValueSource(strings = {"table.keras3", "table.tf_keras"})
  void columnsOfATableGoToInputsByName(String net) throws IOException {
    Map<String, NpyArray> golden = golden(net);
    Path csv = folder.resolve("table.csv");
    Files.writeString(csv, csv(golden));
    Map<String, Object> source =
        Map.of("table", csv.toString(), "label", "bought", "labels", "binary");
    List<Double> losses = new Lab(folder).run(recipe(net, source)).history().values("loss");
    double[] expected = golden.get("losses").doubles();
    for (int i = 0; i < expected.length; i++) {
      assertThat(losses.get(i)).isCloseTo(expected[i], within(1e-6 * expected[i] + 2e-7));
    }
    Files.writeString(csv, csv(golden).replace("years", "age"));
    assertThatThrownBy(() -> new Lab(folder).run(recipe(net, source)))
        .hasMessageContaining("has no column 'years' for the network's input of that name");
  }

  private static String csv(Map<String, NpyArray> golden) {
    StringBuilder csv = new StringBuilder("years,shop,bought,code,city\n");
    for (int i = 0; i < golden.get("y").size(); i++) {
      csv.append(golden.get("in.years").floats()[i]).append(',');
      csv.append(text(golden.get("in.shop"), i)).append(',');
      csv.append((int) golden.get("y").floats()[i]).append(',');
      csv.append(golden.get("in.code").longs()[i]).append(',');
      csv.append(text(golden.get("in.city"), i)).append('\n');
    }
    return csv.toString();
  }

  private static String text(NpyArray array, int row) {
    return new String(array.texts().get(row), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void textsComeFromJavaToo() {
    try (Predictor predictor =
        new Predictor(network(FOLDER.resolve("review.keras3.keras")), Note.none(), around())) {
      String[] texts =
          golden("review.keras3").get("in.text").texts().stream()
              .map(text -> new String(text, java.nio.charset.StandardCharsets.UTF_8))
              .toArray(String[]::new);
      same(predictor.texts(texts), golden("review.keras3").get("out"));
      NpyArray numbers = NpyArray.of(new long[] {1, 1}, 1f);
      assertThatThrownBy(() -> predictor.arrays(Map.of("text", numbers)))
          .hasMessageContaining("input 'text': the model takes texts, the array holds float32");
    }
  }

  @Test
  void aModelThatGivesTextsIsToldFromOneThatGivesNumbers() {
    String config =
        """
        {"class_name": "Sequential", "keras_version": "3.15.0", "config": {"name": "s", "layers": [
          {"class_name": "InputLayer", "config": {"batch_shape": [null, 1], "dtype": "DTYPE",
            "name": "in"}},
          {"class_name": "StringLookup", "config": {"name": "words", "vocabulary": ["a", "b"],
            "invert": INVERT}}]}}
        """;
    Path json = folder.resolve("net.json");
    dev.graft.files.AtomicFiles.string(
        json, config.replace("DTYPE", "int32").replace("INVERT", "true"));
    Model inverted = KerasFile.open(json, Layers.standard()).model();
    try (Predictor predictor =
        new Predictor(Network.forInference(inverted, around().settings()), Note.none(), around())) {
      assertThatThrownBy(
              () -> predictor.arrays(Map.of("in", NpyArray.of(new long[] {2, 1}, 1f, 2f))))
          .hasMessageContaining("gives texts, and predictions are numbers");
    }
    dev.graft.files.AtomicFiles.string(
        json, config.replace("DTYPE", "string").replace("INVERT", "false"));
    Model numbered = KerasFile.open(json, Layers.standard()).model();
    try (Predictor predictor =
        new Predictor(Network.forInference(numbered, around().settings()), Note.none(), around())) {
      assertThat(predictor.texts("b", "?").values().iterator().next().floats())
          .containsExactly(2f, 0f);
    }
  }

  @Test
  void wordsThatAnH5DoesNotHoldAreSaid() {
    String config =
        """
        {"class_name": "Sequential", "keras_version": "3.15.0", "config": {"name": "s", "layers": [
          {"class_name": "InputLayer", "config": {"batch_shape": [null, 1], "dtype": "string",
            "name": "text"}},
          {"class_name": "StringLookup", "config": {"name": "words", "vocabulary": null}}]}}
        """;
    Path json = folder.resolve("net.json");
    dev.graft.files.AtomicFiles.string(json, config);
    assertThatThrownBy(() -> KerasFile.open(json, Layers.standard()))
        .hasMessageContaining("the file does not hold the layer's vocabulary")
        .hasMessageContaining("Save the model as .keras");
  }

  @Test
  void pythonFunctionsAreNotRun() {
    String config =
        """
        {"class_name": "Sequential", "keras_version": "3.15.0", "config": {"name": "s", "layers": [
          {"class_name": "InputLayer", "config": {"batch_shape": [null, 1], "dtype": "string",
            "name": "text"}},
          {"class_name": "TextVectorization", "config": {"name": "words", "vocabulary": ["a"],
            "standardize": {"module": "builtins", "class_name": "function", "config": "own",
              "registered_name": "function"}}}]}}
        """;
    Path json = folder.resolve("net.json");
    dev.graft.files.AtomicFiles.string(json, config);
    assertThatThrownBy(() -> KerasFile.open(json, Layers.standard()))
        .hasMessageContaining("standardize: it is a Python function")
        .hasMessageContaining("which Graft does not run");
  }
}
