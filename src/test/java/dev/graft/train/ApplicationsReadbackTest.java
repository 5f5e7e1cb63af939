package dev.graft.train;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.RealKeras;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.files.NpyWriter;
import dev.graft.keras.KerasFile;
import dev.graft.keras.KerasWriter;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.WeightStore;
import dev.graft.model.Applications;
import dev.graft.model.Variant;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/**
 * Every application as Graft writes it: both Kerases open the files, find every weight and predict
 * the same. One network at a time lies in a temporary folder.
 *
 * <p>{@code -Dgraft.applications='ResNet.*'} picks some by a pattern.
 */
@Tag("python")
class ApplicationsReadbackTest {
  private static final String SCRIPT = "tools/readback/applications_check.py";

  @TempDir Path folder;

  static List<String> names() {
    String wanted = System.getProperty("graft.applications", ".*");
    return ApplicationsTest.both().stream().filter(name -> name.matches(wanted)).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("names")
  void bothKerasesOpenWhatGraftWrote(String name) throws IOException, InterruptedException {
    // The largest network takes 1.4 GB in each file.
    assumeTrue(Files.getFileStore(folder).getUsableSpace() > 6L << 30, "less than 6 GB free");
    Path made = folder.resolve("made");
    RealKeras.run(SCRIPT, "make", name, made.toString());
    write(name, made);
    check(made, name);
  }

  static List<String> old() {
    return ApplicationsTest.cases().stream()
        .filter(name -> name.endsWith(" tf_keras"))
        .map(name -> name.replace(" tf_keras", ""))
        .toList();
  }

  /** Its names have slashes and its functions are none of Keras 3's. */
  @ParameterizedTest(name = "{0} of tf_keras")
  @MethodSource("old")
  void kerasThreeOpensWhatBecameOfATfKerasFile(String name)
      throws IOException, InterruptedException {
    assumeTrue(Files.getFileStore(folder).getUsableSpace() > 6L << 30, "less than 6 GB free");
    Path made = folder.resolve("made");
    RealKeras.run(SCRIPT, "make", name, made.toString(), "tf_keras");
    Path file = made.resolve("model.h5");
    try (WeightFile weights = WeightFile.open(file)) {
      Model model = KerasFile.open(file, Layers.standard()).model();
      WeightStore store = WeightMatch.of(model, weights, LoadOptions.strict()).store(null);
      KerasWriter.keras(made.resolve("graft.keras"), KerasWriter.Contents.of(model, store));
      predict(model, store, made);
    }
    check(made, name, "tf_keras");
  }

  private static void check(Path made, String name, String... generation)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("check", name, made.toString()));
    command.addAll(List.of(generation));
    System.out.print(
        RealKeras.run(SCRIPT, command.toArray(String[]::new))
            .lines()
            .filter(line -> line.startsWith(name + ": "))
            .collect(java.util.stream.Collectors.joining("\n", "", "\n")));
    try (Stream<Path> files = Files.walk(made)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    }
  }

  /** Graft's own network of that name, with Keras's weights. */
  private static void write(String name, Path made) {
    NpyArray x = pictures(made);
    Applications.Application application = Applications.named(name, "case");
    Variant variant = application.variant().sized(x.shape()[1], x.shape()[2], x.shape()[3]);
    Model model = application.with(variant).whole(10);
    try (WeightFile weights = WeightFile.open(made.resolve("model.keras"))) {
      WeightStore store = WeightMatch.of(model, weights, LoadOptions.strict()).store(null);
      KerasWriter.Contents contents = KerasWriter.Contents.of(model, store);
      KerasWriter.wholeH5(made.resolve("graft.h5"), contents);
      KerasWriter.keras(made.resolve("graft.keras"), contents);
      predict(model, store, made);
    }
  }

  private static NpyArray pictures(Path made) {
    try (NpyFile npy = NpyFile.open(made.resolve("x.npy"))) {
      return npy.array();
    }
  }

  private static void predict(Model model, WeightStore weights, Path made) {
    NpyArray x = pictures(made);
    try (Network network = Network.forInference(model, Settings.standard())) {
      network.assign(weights);
      try (Tensor in = Tensors.floats(x.floats(), x.shape());
          Result out = network.run(network.inference(), List.of(in))) {
        NpyWriter.save(
            made.resolve("graft.npy"),
            NpyArray.of(out.get(0).shape().asArray(), Tensors.read(out.get(0))));
      }
    }
  }
}
