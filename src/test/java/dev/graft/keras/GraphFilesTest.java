package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.NpzFile;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models in models, shared parts, several inputs and outputs, in every layout that keeps a network:
 * what is computed is what Keras computed.
 */
class GraphFilesTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/graphs");
  private static final Config CASES = Config.read(FOLDER.resolve("manifest.json")).get("cases");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> found =
          files.filter(file -> file.toString().matches(".*\\.(h5|keras|folder)")).sorted().toList();
      assertThat(found).hasSizeGreaterThanOrEqualTo(32);
      return found;
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void outputsAndTrainableWeightsAreKerass(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\..*", "");
    Model model = KerasFile.open(file, Layers.standard()).model();
    try (NpzFile golden = NpzFile.open(FOLDER.resolve(name + ".npz"))) {
      List<float[]> outputs =
          Computed.outputs(file, model, input -> golden.array(in(golden, input)));
      assertThat(outputs)
          .hasSize((int) golden.names().stream().filter(GraphFilesTest::out).count());
      for (int i = 0; i < outputs.size(); i++) {
        float[] expected = golden.array("out_" + i).floats();
        assertThat(outputs.get(i)).as("output %d", i).hasSameSizeAs(expected);
        for (int k = 0; k < expected.length; k++) {
          assertThat(outputs.get(i)[k])
              .as("output %d, value %d", i, k)
              .isCloseTo(expected[k], Offset.offset(1e-6f + 1e-5f * Math.abs(expected[k])));
        }
      }
    }
    long trainable = 0;
    long other = 0;
    for (Model.Variable variable : model.variables()) {
      long size = variable.slot().size();
      trainable += variable.trainable() ? size : 0;
      other += variable.trainable() ? 0 : size;
    }
    Config expected = CASES.get(name);
    assertThat(trainable).isEqualTo(expected.integer("trainable"));
    assertThat(other).isEqualTo(expected.integer("other"));
  }

  /** The only input there is, else that of a name. */
  private static String in(NpzFile golden, String input) {
    List<String> all = golden.names().stream().filter(name -> name.startsWith("in_")).toList();
    return all.size() == 1 ? all.get(0) : "in_" + input;
  }

  private static boolean out(String name) {
    return name.startsWith("out_");
  }
}
