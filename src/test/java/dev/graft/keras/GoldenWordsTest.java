package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.layers.Layers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The settings of every golden layer as its Keras wrote them, read on the way that files are read:
 * a key that nobody takes would refuse a user's file.
 */
class GoldenWordsTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/layers");

  @ParameterizedTest
  @CsvSource({"keras3, 3, 550", "tf_keras, 2, 440"})
  void everyLayerIsReadFromAFilesWords(String folder, int generation, int known)
      throws IOException {
    List<Path> cases;
    try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
      cases = files.filter(file -> file.toString().endsWith(".npz")).sorted().toList();
    }
    List<String> refused = new ArrayList<>();
    int read = 0;
    for (Path file : cases) {
      try {
        read += read(file, generation) ? 1 : 0;
      } catch (RuntimeException e) {
        refused.add(file.getFileName() + ": " + e.getMessage());
      }
    }
    assertThat(refused).isEmpty();
    assertThat(read).isGreaterThanOrEqualTo(known);
  }

  /** Reads the layer of a golden case; false for operations, which are read by the way of calls. */
  @SuppressWarnings("unchecked")
  private static boolean read(Path file, int generation) {
    Config golden;
    try (NpzFile npz = NpzFile.open(file)) {
      NpyArray text = npz.array("case");
      byte[] bytes = new byte[text.size()];
      text.data().get(0, bytes);
      golden = Config.parse(new String(bytes, StandardCharsets.UTF_8), file.toString());
    }
    String className = golden.string("class_name");
    String module = golden.has("module") ? golden.string("module") : "";
    if (className.endsWith("Lambda") || module.startsWith("keras.src.ops")) {
      return false;
    }
    Dialect.Words words =
        new Dialect(generation)
            .words(
                className,
                (Map<String, Object>) golden.get("config").ignore().plain(),
                file.toString());
    Config settings = Config.of(words.config(), file.toString());
    Layers.standard().read(words.className(), settings);
    settings.done();
    return true;
  }
}
