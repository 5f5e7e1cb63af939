package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.error.WeightException;
import dev.graft.files.NpyFile;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights of one narrow VGG in every layout, against the arrays Keras had in memory. */
class WeightFileTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/vgg/weights");

  static List<Path> layouts() throws IOException {
    try (Stream<Path> files = Files.list(GOLDENS)) {
      List<Path> found =
          files.filter(file -> file.toString().matches(".*\\.(h5|keras)")).sorted().toList();
      assertThat(found).hasSizeGreaterThanOrEqualTo(10);
      return found;
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void everyLayoutGivesKerasValues(Path file) throws IOException {
    Model model = narrowVgg();
    try (WeightFile weights = WeightFile.open(file)) {
      WeightMatch match = WeightMatch.of(model, weights, LoadOptions.strict());
      assertThat(match.report().summary()).isEqualTo("8 tensors loaded, 0 initialised, 0 skipped");
      for (Model.Variable variable : model.variables()) {
        Path array = GOLDENS.resolve(variable.name().replace('/', '.') + ".npy");
        try (NpyFile npy = NpyFile.open(array)) {
          assertThat(match.store(null).values(variable.name()))
              .as(variable.name())
              .isEqualTo(npy.array().floats());
        }
      }
    }
  }

  @Test
  void aCutModelLoadsFromTheWholeNetworksFile() {
    Model whole = narrowVgg();
    Model cut = chain(whole, 4);
    for (String name : List.of("root.h5", "keras3.weights.h5")) {
      try (WeightFile weights = WeightFile.open(GOLDENS.resolve(name))) {
        LoadReport report =
            WeightMatch.of(cut, weights, LoadOptions.strict().cutFrom(whole)).report();
        assertThat(report.summary()).isEqualTo("4 tensors loaded, 0 initialised, 4 skipped");
        assertThat(report.text()).contains("skipped     block2_conv1/").contains("beyond the cut");
      }
    }
  }

  @Test
  void leftOverWeightsAreRefusedUnlessByName() {
    Model cut = chain(narrowVgg(), 4);
    Path file = GOLDENS.resolve("root.h5");
    try (WeightFile weights = WeightFile.open(file)) {
      assertThatThrownBy(() -> WeightMatch.of(cut, weights, LoadOptions.strict()))
          .isInstanceOf(WeightException.class)
          .hasMessage(
              file
                  + ": it has weights of 2 layers, 'block2_conv1', 'block2_conv2', which model"
                  + " 'cut' lacks. Map names (old=new), or load by name to pass over them.");
      LoadReport report =
          WeightMatch.of(cut, weights, LoadOptions.strict().withByName(true)).report();
      assertThat(report.summary()).isEqualTo("4 tensors loaded, 0 initialised, 4 skipped");
    }
  }

  @Test
  void missingWeightsAreRefusedUnlessByNameOrFresh() {
    Model model = withDense(narrowVgg());
    Path file = GOLDENS.resolve("root.h5");
    try (WeightFile weights = WeightFile.open(file)) {
      assertThatThrownBy(() -> WeightMatch.of(model, weights, LoadOptions.strict()))
          .hasMessage(
              file
                  + ": expected weights of layer 'dense', the file has none. Map names (old=new),"
                  + " or load by name to start those layers afresh.");
      WeightMatch match =
          WeightMatch.of(model, weights, LoadOptions.strict().withFresh(Set.of("dense")));
      assertThat(match.report().summary()).isEqualTo("8 tensors loaded, 2 initialised, 0 skipped");
      assertThat(match.has("dense/kernel")).isFalse();
      assertThat(match.store(name -> new float[] {7}).values("dense/kernel")).containsExactly(7);
    }
  }

  @Test
  void anotherShapeIsRefusedUnlessSkipped() {
    Model grey = chain(narrowVgg(), Spec.floats(-1, 16, 16, 1), 3);
    Path file = GOLDENS.resolve("root.h5");
    LoadOptions byName = LoadOptions.strict().withByName(true);
    try (WeightFile weights = WeightFile.open(file)) {
      assertThatThrownBy(() -> WeightMatch.of(grey, weights, byName))
          .isInstanceOf(WeightException.class)
          .hasMessageMatching(
              ".*root.h5: layer 'block1_conv1' \\(Conv2D\\), weight 'kernel': the model expects"
                  + " \\(3, 3, 1, \\d+\\), the file has \\(3, 3, 3, \\d+\\). Build the model with 3"
                  + " input channels.");
      LoadReport report = WeightMatch.of(grey, weights, byName.withSkipMismatch(true)).report();
      assertThat(report.summary()).isEqualTo("3 tensors loaded, 1 initialised, 4 skipped");
      assertThat(report.json()).contains("\"why\" : \"the file's shape differs\"");
    }
  }

  @Test
  void namesCanBeMapped() {
    Model model = narrowVgg();
    Model renamed = rename(model, "block2_conv2", "last");
    try (WeightFile weights = WeightFile.open(GOLDENS.resolve("root.h5"))) {
      LoadOptions options = LoadOptions.strict().withRenames(Map.of("block2_conv2", "last"));
      assertThat(WeightMatch.of(renamed, weights, options).report().summary())
          .isEqualTo("8 tensors loaded, 0 initialised, 0 skipped");
      assertThatThrownBy(
              () ->
                  WeightMatch.of(
                      renamed, weights, LoadOptions.strict().withRenames(Map.of("blok2", "last"))))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("map blok2=last: the file has no layer 'blok2'.");
    }
  }

  @Test
  void weightsOfAnotherNetworkAreRefused() {
    Model other = withDense(chain(narrowVgg(), 1));
    Path file = GOLDENS.resolve("root.h5");
    try (WeightFile weights = WeightFile.open(file)) {
      assertThatThrownBy(() -> WeightMatch.of(other, weights, LoadOptions.strict()))
          .hasMessage(
              file
                  + ": none of its layers ('block1_conv1', 'block1_conv2', 'block2_conv1',"
                  + " 'block2_conv2') is one of model 'cut' ('dense'). These are weights of another"
                  + " network: name the right file, or map names (old=new).");
    }
  }

  /** tf_keras calls DenseNet's first layer conv1/conv, Keras 3 conv1_conv: their files are one. */
  @Test
  void aSlashInTheFilesNamesIsAnUnderscore(@org.junit.jupiter.api.io.TempDir Path folder) {
    Model model = chain(narrowVgg(), 3);
    Path file = folder.resolve("slashes.h5");
    KerasWriter.weightsH5(
        file,
        sequence(renamed(model, name -> name.replace('_', '/'))),
        name -> new float[elements(model, name.replaceFirst("/", "_"))]);
    try (WeightFile weights = WeightFile.open(file)) {
      LoadReport report = WeightMatch.of(model, weights, LoadOptions.strict()).report();
      assertThat(report.summary()).isEqualTo("4 tensors loaded, 0 initialised, 0 skipped");
      Model other = sequence(renamed(model, name -> name.replace("conv2", "conv3x")));
      assertThatThrownBy(() -> WeightMatch.of(other, weights, LoadOptions.strict()))
          .isInstanceOf(WeightException.class);
    }
  }

  private static List<Model.Entry> renamed(
      Model model, java.util.function.UnaryOperator<String> name) {
    return model.layers().stream()
        .map(entry -> new Model.Entry(name.apply(entry.name()), true, entry.layer()))
        .toList();
  }

  private static int elements(Model model, String variable) {
    return model.variables().stream()
        .filter(v -> v.name().equals(variable))
        .mapToInt(v -> (int) v.slot().size())
        .sum();
  }

  private static Model narrowVgg() {
    return KerasFile.open(GOLDENS.resolve("whole_tf_keras.h5"), Layers.standard()).model();
  }

  /** The first {@code count} layers, which follow one another. */
  private static Model chain(Model model, int count) {
    return chain(model, ((InputLayer) model.layers().get(0).layer()).spec(), count);
  }

  private static Model chain(Model model, Spec input, int count) {
    List<Model.Entry> entries = new ArrayList<>(model.layers().subList(0, count));
    entries.set(0, new Model.Entry(entries.get(0).name(), true, new InputLayer(input)));
    return sequence(entries);
  }

  private static Model sequence(List<Model.Entry> entries) {
    Net net = new Net("cut");
    Ref last = null;
    for (Model.Entry entry : entries) {
      last = last == null ? net.put(entry) : net.put(entry, last);
    }
    return net.model(last);
  }

  private static Model withDense(Model model) {
    List<Model.Entry> entries = new ArrayList<>(model.layers());
    Config config = Config.of(Map.of("units", 2), "test");
    entries.add(new Model.Entry("dense", true, Layers.standard().read("Dense", config)));
    return sequence(entries);
  }

  private static Model rename(Model model, String from, String to) {
    return sequence(
        model.layers().stream()
            .map(
                entry ->
                    entry.name().equals(from)
                        ? new Model.Entry(to, entry.trainable(), entry.layer())
                        : entry)
            .toList());
  }
}
