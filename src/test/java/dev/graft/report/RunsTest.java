package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    assertThat(Runs.in(folder).text())
        .isEqualTo(
            """
            run               state  epochs  seconds  best val_loss  best val_accuracy  test_accuracy
            a              finished       2    4.0 s         0.4000             0.8000         0.7500
            b<script>  not finished       1    2.0 s              –             0.9000              –
            """);
    assertThat(Runs.in(folder.resolve("nowhere")).text()).startsWith("no runs in ");
  }

  @Test
  void whatDiffersIsSaid() throws Exception {
    assertThat(Comparison.of(two()).text())
        .endsWith(
            """

            setting                                    a  b<script>
            stages.0.optimizer.Adam.learning_rate  0.001       0.01
            """);
    assertThat(Comparison.of(List.of(two().get(0), two().get(0))).text())
        .endsWith("The settings are the same.\n");
  }

  @Test
  void aBrokenRunDoesNotHideTheOthers() throws Exception {
    two();
    run("c", 0.1, "[{", null);
    Runs runs = Runs.in(folder);
    assertThat(runs.json()).hasSize(2);
    assertThat(runs.json().get(0))
        .containsEntry("run", "a")
        .containsEntry("finished", true)
        .containsEntry("test", Map.of("test_accuracy", 0.75));
    assertThat(runs.unreadable()).hasSize(1).first().asString().contains("history.json");
  }

  @Test
  void foldersOfOneNameAreToldApartByTheirPaths() throws Exception {
    Path a = run("x/run", 0.1, "[]", null);
    Path b = run("y/run", 0.2, "[]", null);
    assertThat(Comparison.of(List.of(a, b)).text()).contains("x/run").contains("y/run");
    Comparison.of(two()).write(folder.resolve("page.html"));
    assertThat(folder.resolve("page-curve-val-accuracy.png")).isNotEmptyFile();
    assertThat(folder.resolve("page-curve-val-accuracy.svg")).isNotEmptyFile();
  }

  @Test
  void theirCurvesLieOverEachOther() throws Exception {
    String page = Comparison.of(two()).page();
    assertThat(page)
        .contains("aria-label=\"val_accuracy\"")
        .contains("2: <bdi>b&lt;script&gt;</bdi>")
        .doesNotContain("<script");
  }

  @Test
  void oneRunOrNoneIsAMistake() throws Exception {
    assertThatThrownBy(() -> Comparison.of(List.of(folder)))
        .isInstanceOf(SettingException.class)
        .hasMessage("compare: expected two runs or more, came 1. Name their folders.");
    assertThatThrownBy(() -> Comparison.of(List.of(folder, folder)))
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
