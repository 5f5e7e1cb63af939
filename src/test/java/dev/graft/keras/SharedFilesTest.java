package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.error.GraftException;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that others published: configs read, every weight in its place. */
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
