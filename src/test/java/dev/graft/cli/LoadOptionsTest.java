package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of weights, and what may be left out, on the command line and in recipes. */
class LoadOptionsTest {
  private static final String LAYOUTS = "src/test/resources/goldens/layouts/";
  private static final String NET = LAYOUTS + "plain.tf_keras.json";
  private static final String WEIGHTS = LAYOUTS + "plain.tf_keras.only.h5";
  private static final String OTHER = LAYOUTS + "branches.tf_keras.only.h5";

  @TempDir Path folder;

  private Path renamed(String old, String now) throws IOException {
    String text = Files.readString(Path.of(NET)).replace("\"" + old + "\"", "\"" + now + "\"");
    return Files.writeString(folder.resolve("net.json"), text);
  }

  @Test
  void weightsThatDoNotFitAreAnErrorAtOnce() throws IOException {
    assertThat(Cli.graft("summary", NET, "--weights", WEIGHTS).code()).isZero();
    Cli.Outcome other = Cli.graft("summary", NET, "--weights", OTHER);
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.error()).contains("These are weights of another network");
    Cli.Outcome missing =
        Cli.graft("summary", renamed("out", "last").toString(), "--weights", WEIGHTS);
    assertThat(missing.error())
        .contains("expected weights of layer 'last', the file has none (and has left over 'out')");
  }

  @Test
  void mapByNameAndTheirReport() throws IOException {
    String net = renamed("out", "last").toString();
    Path report = folder.resolve("report.json");
    Cli.Outcome mapped =
        Cli.graft(
            "summary",
            net,
            "--weights",
            WEIGHTS,
            "--map",
            "out=last",
            "--load-report",
            report.toString(),
            "--json");
    assertThat(mapped.code()).isZero();
    Config written = Config.read(report);
    assertThat(written.integer("loaded")).isEqualTo(8);
    assertThat(written.integer("initialised")).isZero();
    Config load = Config.parse(mapped.out(), "summary").get("load");
    assertThat(load.plain()).isEqualTo(written.plain());
    Cli.Outcome byName = Cli.graft("summary", net, "--weights", WEIGHTS, "--by-name");
    assertThat(byName.code()).isZero();
    assertThat(byName.err())
        .contains(WEIGHTS + ": 6 tensors loaded, 2 initialised, 2 skipped")
        .contains("initialised last/kernel (48, 2): the file has no weights of layer 'last'")
        .contains("skipped     out/out/kernel:0 (48, 2): the model has no such layer");
    assertThat(Cli.graft("summary", net, "--weights", WEIGHTS, "--map", "nix=last").error())
        .contains("map nix=last: the file has no layer 'nix'.");
    assertThat(Cli.graft("summary", net, "--by-name").error())
        .contains("it comes without weights. Name a file with --weights.");
  }

  @Test
  void skipMismatch() throws IOException {
    String text = Files.readString(Path.of(NET)).replace("\"units\": 2", "\"units\": 5");
    String net = Files.writeString(folder.resolve("wide.json"), text).toString();
    assertThat(Cli.graft("summary", net, "--weights", WEIGHTS).error())
        .contains("layer 'out' (Dense), weight 'kernel': the model expects (48, 5)");
    Cli.Outcome skipped = Cli.graft("summary", net, "--weights", WEIGHTS, "--skip-mismatch");
    assertThat(skipped.code()).isZero();
    assertThat(skipped.err()).contains("6 tensors loaded, 2 initialised");
  }

  @Test
  void aRecipeSaysTheSame() throws IOException {
    Path recipe = folder.resolve("r.json");
    String text =
        """
        {"graft": 1, "name": "r",
         "model": {"load": "net.json", "weights": "WEIGHTS", "map": {"out": "last"}},
         "data": {"train": {"npy": ["x.npy", "y.npy"]}},
         "stages": [{"optimizer": "SGD", "loss": "mse", "epochs": 1}]}
        """;
    renamed("out", "last");
    Files.writeString(
        recipe, text.replace("WEIGHTS", Path.of(WEIGHTS).toAbsolutePath().toString()));
    arrays();
    Path run = folder.resolve("run");
    Cli.Outcome outcome = Cli.graft("train", recipe.toString(), "--out", run.toString());
    assertThat(outcome.err()).contains(": 8 tensors loaded, 0 initialised, 0 skipped");
    assertThat(outcome.code()).isZero();
    assertThat(Config.read(run.resolve("weights.json")).integer("loaded")).isEqualTo(8);
    Cli.Outcome strict =
        Cli.graft("train", recipe.toString(), "--set", "model.map={}", "--out", run + "2");
    assertThat(strict.error()).contains("expected weights of layer 'last'");
  }

  @Test
  void weightsThatAreNoNumbersAreRefused() throws IOException {
    arrays();
    String x = folder.resolve("x.npy").toString();
    String y = folder.resolve("y.out.npy").toString();
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      String weights = spoilt(bad).toString();
      Cli.Outcome refused = Cli.graft("predict", NET, "--weights", weights, x, "--out", y);
      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.error())
          .contains(weights + ": layer 'out', weight 'kernel': expected finite numbers, the file")
          .contains(
              Float.isNaN(bad) ? "has NaN at [2, 1]. The training" : "has -infinity at [2, 1]");
      Cli.Outcome allowed =
          Cli.graft("predict", NET, "--weights", weights, x, "--out", y, "--allow-nan");
      assertThat(allowed.code()).isZero();
    }
  }

  /** The weights with element [2, 1] of the last kernel spoilt. */
  private Path spoilt(float bad) throws IOException {
    byte[] file = Files.readAllBytes(Path.of(WEIGHTS));
    float[] kernel;
    try (dev.graft.keras.WeightFile weights = dev.graft.keras.WeightFile.open(Path.of(WEIGHTS))) {
      kernel = weights.layer("out").orElseThrow().tensors().get(0).values();
    }
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.wrap(file).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (bytes.getFloat(at) != kernel[0] || bytes.getFloat(at + 4) != kernel[1]) {
      at++;
    }
    bytes.putFloat(at + 4 * (2 * 2 + 1), bad);
    return Files.write(folder.resolve("spoilt.h5"), file);
  }

  private void arrays() {
    dev.graft.files.NpyWriter.save(
        folder.resolve("x.npy"),
        dev.graft.files.NpyArray.of(new long[] {4, 6, 6, 2}, new float[288]));
    dev.graft.files.NpyWriter.save(
        folder.resolve("y.npy"), dev.graft.files.NpyArray.of(new long[] {4, 2}, new float[8]));
  }
}
