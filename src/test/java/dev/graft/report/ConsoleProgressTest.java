package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.progress.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Map<String, Double> logs() {
    Map<String, Double> logs = new LinkedHashMap<>();
    logs.put("loss", 0.44123);
    logs.put("accuracy", 0.841);
    logs.put("val_loss", 1.5e-5);
    logs.put("val_accuracy", Double.NaN);
    logs.put("learning_rate", 0.001);
    return logs;
  }

  private static void epoch(Progress progress) {
    progress.on(new Progress.EpochStarted("head", 2, 10));
    progress.on(new Progress.PhaseStarted("training", 3, "steps"));
    for (int i = 1; i <= 3; i++) {
      progress.on(new Progress.Advanced(i, Map.of("loss", 0.5)));
    }
    progress.on(new Progress.PhaseEnded());
    progress.on(new Progress.EpochEnded("head", 2, 10, logs(), 2.12));
  }

  private static final String SUMMARY =
      "head: epoch 3/10 - 2.1 s - loss: 0.4412 - accuracy: 0.8410 - val_loss: 1.5000e-05"
          + " - val_accuracy: nan - learning_rate: 0.001";

  @Test
  void inALogAnEpochIsOneLine() {
    try (ConsoleProgress progress = new ConsoleProgress(err, ConsoleProgress.Mode.LINES)) {
      progress.on(new Progress.PhaseStarted("features", 4, "images"));
      progress.on(new Progress.Advanced(4, Map.of()));
      progress.on(new Progress.PhaseEnded());
      progress.on(new Progress.Message("12 photos skipped"));
      epoch(progress);
    }
    assertThat(text().lines()).containsExactly("12 photos skipped", SUMMARY);
  }

  @Test
  void silentSaysNothing() {
    try (ConsoleProgress progress = new ConsoleProgress(err, ConsoleProgress.Mode.SILENT)) {
      progress.on(new Progress.Message("hello"));
      epoch(progress);
    }
    assertThat(text()).isEmpty();
  }

  @Test
  void onATerminalTheSummaryStaysAndTheBarGoes() {
    try (ConsoleProgress progress = new ConsoleProgress(err, ConsoleProgress.Mode.BAR, () -> 100)) {
      epoch(progress);
    }
    assertThat(Terminal.lines(text(), 100)).first().asString().startsWith("head: epoch 3/10 - 2.1");
    assertThat(String.join("", Terminal.lines(text(), 100))).isEqualTo(SUMMARY);
    assertThat(text()).contains("head: epoch 3/10 100% ━━━");
  }

  @Test
  void theBarFollowsTheWidthAndNeverWraps() {
    AtomicInteger width = new AtomicInteger(120);
    try (ConsoleProgress progress =
        new ConsoleProgress(err, ConsoleProgress.Mode.BAR, width::get)) {
      for (int w : List.of(120, 60, 20, 5, 1)) {
        bytes.reset();
        width.set(w);
        progress.on(new Progress.EpochStarted("微調整", 0, 2));
        progress.on(new Progress.PhaseStarted("training", 100, "steps"));
        progress.on(new Progress.Advanced(50, Map.of("loss", 0.25, "accuracy", 0.5)));
        progress.on(new Progress.PhaseEnded());
        for (String drawn : text().split("\r", -1)) {
          assertThat(BarLine.columns(drawn.replace("\u001b[K", ""))).isLessThan(Math.max(1, w));
        }
      }
    }
  }

  @Test
  void aMessageStandsAboveTheBar() {
    ConsoleProgress progress = new ConsoleProgress(err, ConsoleProgress.Mode.BAR, () -> 80);
    progress.on(new Progress.PhaseStarted("features", 100, "images"));
    progress.on(new Progress.Advanced(1, Map.of()));
    progress.on(new Progress.Message("evil\u001b[2Jtext"));
    List<String> lines = Terminal.lines(text(), 80);
    assertThat(lines.get(0)).isEqualTo("evil·[2Jtext");
    assertThat(lines.get(1)).startsWith("features   1% ──");
    progress.close();
    assertThat(Terminal.lines(text(), 80)).containsExactly("evil·[2Jtext");
  }

  @Test
  void nothingIsDrawnAfterTheEnd() {
    for (int i = 0; i < 300; i++) {
      bytes.reset();
      ConsoleProgress progress = new ConsoleProgress(err, ConsoleProgress.Mode.BAR, () -> 80);
      progress.on(new Progress.PhaseStarted("features", 100, "images"));
      progress.on(new Progress.Advanced(1, Map.of()));
      progress.on(new Progress.Message("hello"));
      progress.close();
      assertThat(Terminal.lines(text(), 80)).containsExactly("hello");
    }
  }

  @Test
  void lengthyNumbersAreShort() {
    assertThat(Figures.rate(1e-3)).isEqualTo("0.001");
    assertThat(Figures.rate(1e-5)).isEqualTo("1e-05");
    assertThat(Figures.rate(0.00095)).isEqualTo("0.00095");
    assertThat(Figures.rate(0)).isEqualTo("0");
    assertThat(Figures.seconds(200)).isEqualTo("3 min 20 s");
    assertThat(Figures.clock(3723)).isEqualTo("1:02:03");
    assertThat(Figures.metric(1234567)).isEqualTo("1.2346e+06");
  }

  @Test
  void aContinuousIntegrationLogIsNoTerminal() {
    assertThat(Screen.interactive(Map.of("CI", "true"))).isFalse();
    assertThat(Screen.interactive(Map.of("NO_COLOR", "1"))).isFalse();
    assertThat(Screen.interactive(Map.of("TERM", "dumb"))).isFalse();
  }
}
