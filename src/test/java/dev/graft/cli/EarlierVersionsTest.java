package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.files.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each version of Graft wrote ({@code tools/version-fixture}) is opened by this one. */
class EarlierVersionsTest {
  private static final Path ALL = Path.of("src/test/resources/versions");
  private static final float ROUNDING = 1e-6f;

  @TempDir Path folder;

  static List<Path> versions() throws IOException {
    try (Stream<Path> found = Files.list(ALL)) {
      return found.filter(Files::isDirectory).sorted().toList();
    }
  }

  @Test
  void theFirstVersionIsAmongThem() throws IOException {
    assertThat(versions()).contains(ALL.resolve("0.1.0"));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void itsFilesKeepWhatTheyPromised(Path version) {
    for (String artefact : List.of("run", "exports/model.pb", "bfloat16")) {
      Cli.Outcome outcome = Cli.graft("verify", version.resolve(artefact).toString());
      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(outcome.out()).contains(": ok, ").doesNotContain("WRONG");
    }
    Cli.Outcome run = Cli.graft("verify", version.resolve("run").toString());
    assertThat(run.out()).contains("card.json: ok", "model.keras", "model.h5", "serve_images");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void itsModelsPredictWhatTheyPredicted(Path version) {
    float[] expected = read(version.resolve("y.npy"));
    String architecture = version.resolve("exports/architecture.json").toString();
    List<List<String>> models =
        List.of(
            List.of(version.resolve("run").toString()),
            List.of(version.resolve("run/model.keras").toString()),
            List.of(version.resolve("run/saved_model").toString()),
            List.of(version.resolve("exports/model.pb").toString()),
            List.of(architecture, "--weights", version.resolve("exports/weights.h5").toString()),
            List.of(
                architecture, "--weights", version.resolve("exports/model.weights.h5").toString()));
    for (List<String> model : models) {
      Path out = folder.resolve(version.getFileName() + "-" + models.indexOf(model) + ".npy");
      Stream<String> predict =
          Stream.of(
                  Stream.of("predict"),
                  model.stream(),
                  Stream.of(ALL.resolve("x.npy").toString(), "--out", out.toString()))
              .flatMap(words -> words);
      Cli.Outcome outcome = Cli.graft(predict.toArray(String[]::new));
      assertThat(outcome.code()).as(model + ": " + outcome.err()).isZero();
      float[] given = read(out);
      assertThat(given).hasSameSizeAs(expected);
      for (int i = 0; i < given.length; i++) {
        assertThat(Math.abs(given[i] - expected[i])).as("%s, %d", model, i).isLessThan(ROUNDING);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void itsRunGoesOn(Path version) throws IOException {
    Path run = folder.resolve("run");
    try (Stream<Path> files = Files.walk(version.resolve("run"))) {
      for (Path file : files.toList()) {
        Files.copy(file, run.resolve(version.resolve("run").relativize(file).toString()));
      }
    }
    String[] more = {"--set", "stages.0.epochs=2", "--out", run.toString(), "--resume"};
    String recipe = version.resolve("recipe.json").toString();
    Cli.Outcome outcome =
        Cli.graft(
            Stream.concat(Stream.of("train", recipe), Stream.of(more)).toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Files.readString(run.resolve("history.json"))).contains("\"epoch\" : 1");
    Cli.Outcome verified = Cli.graft("verify", run.toString());
    assertThat(verified.code()).as(verified.err()).isZero();
  }

  private static float[] read(Path file) {
    try (NpyFile npy = NpyFile.open(file)) {
      return npy.array().floats();
    }
  }
}
