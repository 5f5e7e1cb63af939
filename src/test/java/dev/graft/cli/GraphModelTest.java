package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.files.NpyWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SavedModels and frozen graphs where a MODEL is asked for. */
class GraphModelTest {
  private static final String NET = "src/test/resources/goldens/layouts/plain.keras3.keras";

  @TempDir Path folder;

  private float[] predicted(String model) {
    Path out = folder.resolve("out.npy");
    Cli.Outcome outcome =
        Cli.graft("predict", model, folder.resolve("x.npy").toString(), "--out", out.toString());
    assertThat(outcome.err()).doesNotContain("graft: ");
    assertThat(outcome.code()).isZero();
    try (NpyFile array = NpyFile.open(out)) {
      return array.array().floats();
    }
  }

  @Test
  void theyGiveWhatTheirKerasFileGives() {
    float[] x = new float[3 * 72];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    NpyWriter.save(folder.resolve("x.npy"), NpyArray.of(new long[] {3, 6, 6, 2}, x));
    String saved = folder.resolve("saved").toString();
    String frozen = folder.resolve("frozen.pb").toString();
    assertThat(
            Cli.graft("export", NET, "--as", "saved-model", "--out", saved, "--version", "7")
                .code())
        .isZero();
    assertThat(Cli.graft("export", saved, "--as", "graphdef", "--out", frozen).code()).isZero();
    float[] expected = predicted(NET);
    assertThat(predicted(saved)).containsExactly(expected);
    assertThat(predicted(saved + "/7")).containsExactly(expected);
    assertThat(predicted(frozen)).containsExactly(expected);
    for (String graph : new String[] {saved, frozen}) {
      Cli.Outcome inspected = Cli.graft("inspect", graph, "--json");
      assertThat(inspected.code()).isZero();
      assertThat(Config.parse(inspected.out(), "inspect").get("signatures").keys())
          .contains("serving_default");
      assertThat(Cli.graft("summary", graph).out()).contains("graphdef (GraphDef)");
    }
    assertThat(
            Cli.graft("predict", saved, folder.resolve("x.npy").toString(), "--weights", NET)
                .error())
        .contains("a graph holds its own values. Leave --weights out.");
  }
}
