package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsTest {
  @TempDir Path folder;

  private Path run(String name, double rate, String history, String metrics) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        run.resolve("recipe.json"),
        "{\"seed\": 42, \"stages\": [{\"name\": \"head\", \"optimizer\": {\"Adam\": {\"learning_rate\": "
            + rate
            + "}}}]}");
    Files.writeString(run.resolve("history.json"), history);
    if (metrics != null) {
      Files.writeString(run.resolve("card.json"), "{\"metrics\": " + metrics + "}");
    }
    return run;
  }

  private static String epoch(int i, String loss, double accuracy) {
    return "{\"stage\": \"head\", \"epoch\": "
        + i
        + ", \"loss\": 1, \"val_loss\": "
        + loss
        + ", \"val_accuracy\": "
        + accuracy
        + ", \"learning_rate\": 0.001, \"seconds\": 2}";
  }

  private List<Path> two() throws IOException {
    return List.of(
        run(
            "a",
            0.001,
            "[" + epoch(0, "0.5", 0.8) + "," + epoch(1, "0.4", 0.7) + "]",
            "{\"test_accuracy\": 0.75}"),
        run("b<script>", 0.01, "[" + epoch(0, "\"NaN\"", 0.9) + "]", null));
  }

  @Test
  void runsAreListedWithTheirBestFigures() throws Exception {
    two();
    Files.createDirectories(folder.resolve("no-run"));
    assertThat(Runs.list(folder))
        .isEqualTo(
            """
            run        epochs  seconds  best val_loss  best val_accuracy  test_accuracy
            a               2    4.0 s         0.4000             0.8000         0.7500
            b<script>       1    2.0 s              –             0.9000              –
            """);
    assertThat(Runs.list(folder.resolve("nowhere"))).startsWith("no runs in ");
  }

  @Test
  void whatDiffersIsSaid() throws Exception {
    assertThat(Runs.compare(two()))
        .endsWith(
            """

            setting                                    a  b<script>
            stages.0.optimizer.Adam.learning_rate  0.001       0.01
            """);
    assertThat(Runs.compare(List.of(two().get(0), two().get(0))))
        .endsWith("The settings are the same.\n");
  }

  @Test
  void theirCurvesLieOverEachOther() throws Exception {
    String page = Runs.page(two());
    assertThat(page)
        .contains("aria-label=\"val_accuracy\"")
        .contains("2: <bdi>b&lt;script&gt;</bdi>")
        .doesNotContain("<script");
  }

  @Test
  void oneRunOrNoneIsAMistake() throws Exception {
    assertThatThrownBy(() -> Runs.compare(List.of(folder)))
        .isInstanceOf(SettingException.class)
        .hasMessage("compare: expected two runs or more, came 1. Name their folders.");
    assertThatThrownBy(() -> Runs.compare(List.of(folder, folder)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("expected a run folder, there is no recipe.json in it");
  }

  @Test
  void aCardHasFiguresIntervalsAndLimits() {
    String card =
        ModelCard.text(SampleRun.flowers(), List.of("Photos by day only; *no* <b>night</b>."));
    assertThat(card)
        .contains("| accuracy | 0.8667 | 0.7944 to 0.9162 |")
        .contains("- Photos by day only; \\*no\\* &lt;b&gt;night&lt;/b&gt;.")
        .contains("recall of زهرة الربيع")
        .contains("## Versions")
        .contains("    graft train runs/flowers/recipe.json --out runs/again")
        .doesNotContain("<script");
  }
}
