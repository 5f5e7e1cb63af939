package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.train.History;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.swing.text.html.HTML;
import javax.swing.text.html.HTMLEditorKit;
import javax.swing.text.html.parser.ParserDelegator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunPageTest {
  private static final Pattern ADDRESS = Pattern.compile("(?:href|src)=\"([^\"]{0,30})");

  @TempDir Path folder;

  private static void safe(String whole) {
    String page = whole.replaceAll("base64,[^\"]*", "");
    assertThat(page).doesNotContain("<script").doesNotContain("<img src=x").doesNotContain("<b>\"");
    assertThat(page).contains("default-src 'none'").doesNotContain("@import").doesNotContain("NaN");
    Matcher matcher = ADDRESS.matcher(page);
    while (matcher.find()) {
      assertThat(matcher.group(1)).matches("data:image/.*|#.*");
    }
  }

  @Test
  void hostileNamesAreTextAndNothingIsFetched() throws Exception {
    String page = RunPage.html(SampleRun.flowers());
    safe(page);
    assertThat(page)
        .contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>")
        .contains("<bdi>زهرة الربيع</bdi>")
        .contains("<bdi>向日葵 ひまわり</bdi>")
        .contains("<title>flowers &lt;/title&gt;&lt;script&gt;")
        .contains("head</bdi>: epochs 1–6 · <bdi>fine-tune</bdi>: epochs 7–12")
        .contains("<tr class=\"frozen\"><td><bdi>block1_conv1</bdi>")
        .contains("Surest mistakes")
        .contains("How to serve");
    int[] scripts = {0};
    new ParserDelegator()
        .parse(
            new StringReader(page),
            new HTMLEditorKit.ParserCallback() {
              @Override
              public void handleStartTag(
                  HTML.Tag tag, javax.swing.text.MutableAttributeSet attributes, int position) {
                scripts[0] += tag == HTML.Tag.SCRIPT ? 1 : 0;
              }
            },
            true);
    assertThat(scripts[0]).isZero();
  }

  @Test
  void theSameRunGivesTheSamePage() {
    assertThat(RunPage.html(SampleRun.flowers())).isEqualTo(RunPage.html(SampleRun.flowers()));
  }

  @Test
  void figuresAreThereAsFiles() throws Exception {
    RunPage.write(folder, SampleRun.flowers());
    assertThat(folder.resolve("report.html")).isRegularFile();
    for (String name : List.of("curve-loss", "curve-accuracy", "curve-learning-rate")) {
      assertThat(Files.readString(folder.resolve("figures/" + name + ".svg"))).contains("<svg");
      assertThat(Files.readAllBytes(folder.resolve("figures/" + name + ".png")))
          .startsWith(0x89, 'P', 'N', 'G');
    }
  }

  @Test
  void aConfusionMatrixNamesNoFontOfThisMachine() throws Exception {
    RunPage.write(folder, SampleRun.flowers());
    assertThat(Files.readString(folder.resolve("figures/outcome-0-confusion.svg")))
        .contains("font-family:sans-serif;")
        .doesNotContain("font-family:&quot;");
  }

  @Test
  void anInterruptedRunWithoutAnEpochHasAPage() {
    String page = RunPage.html(SampleRun.of(new History(), RunReport.Ending.INTERRUPTED));
    safe(page);
    assertThat(page)
        .contains("The run was interrupted")
        .contains("No epoch was finished")
        .contains("not evaluated");
  }

  @Test
  void oneEpochWithoutValidationHasAPage() {
    History history = new History();
    history.add(new History.Epoch("head", 0, Map.of("loss", 0.5), 1));
    String page = RunPage.html(SampleRun.of(history, RunReport.Ending.STOPPED));
    safe(page);
    assertThat(page)
        .contains("Nothing was kept apart for validation")
        .contains("A callback ended the last stage")
        .contains("<bdi>head</bdi>: epoch 1<");
  }

  @Test
  void lossesThatAreNoNumbersAreSaidAloud() {
    History history = new History();
    history.add(new History.Epoch("head", 0, Map.of("loss", 0.5, "mae", Double.NaN), 1));
    history.add(new History.Epoch("head", 1, Map.of("loss", Double.NaN, "mae", Double.NaN), 1));
    history.add(
        new History.Epoch("head", 2, Map.of("loss", Double.POSITIVE_INFINITY, "mae", 1.0), 1));
    String page = RunPage.html(SampleRun.of(history, RunReport.Ending.FINISHED));
    safe(page);
    assertThat(page).contains("The loss was no finite number in epoch 2");
  }

  @Test
  void oneClassAndAThousandHaveAPage() {
    String one =
        RunPage.html(
            SampleRun.of(
                SampleRun.history(1, 0),
                RunReport.Ending.FINISHED,
                SampleRun.outcome("dense", SampleRun.classes(List.of("only"), 5))));
    safe(one);
    assertThat(one).contains("one class only");
    String thousand =
        RunPage.html(
            SampleRun.of(
                SampleRun.history(3, 0),
                RunReport.Ending.FINISHED,
                SampleRun.outcome("dense", SampleRun.classes(SampleRun.names(1000), 3000))));
    safe(thousand);
    assertThat(thousand).contains("Confusion of 1000 classes").contains("Most frequent mix-ups");
    assertThat(thousand.length()).isLessThan(1_500_000);
  }

  @Test
  void labelsNumbersAndTwoClassesHaveFiguresOfTheirOwn() {
    String page =
        RunPage.html(
            SampleRun.of(
                SampleRun.history(3, 0),
                RunReport.Ending.FINISHED,
                SampleRun.outcome("tags", SampleRun.labels()),
                SampleRun.outcome("price", SampleRun.numbers()),
                SampleRun.outcome("kind", SampleRun.classes(List.of("cat", "dog"), 80))));
    safe(page);
    assertThat(page)
        .contains("aria-label=\"ROC curve, area under it: red 0.9742, &lt;i&gt;round")
        .contains("Prediction against answer: price &lt;€&gt;")
        .contains("aria-label=\"Calibration, mean error: dog 0.")
        .contains("Largest errors")
        .contains("<bdi>price &lt;€&gt;</bdi>");
  }

  @Test
  void aMachineWithoutFontsStillGetsAPage() throws Exception {
    Path none = folder.resolve("fonts.conf");
    Files.writeString(none, "<fontconfig/>");
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "-Duser.home=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                SampleRun.class.getName())
            .redirectErrorStream(true);
    java.environment().put("FONTCONFIG_FILE", none.toString());
    Process process = java.start();
    String page = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(page).isZero();
    assertThat(page).contains(RunPage.NO_FONTS).contains("Surest mistakes").doesNotContain("<svg");
  }

  @Test
  void rocAndCalibrationAreCountedByHand() {
    Predictions said =
        Predictions.binary(
            List.of("no", "yes"), new int[] {0, 0, 1, 1}, new float[] {.1f, .4f, .35f, .8f});
    Reliability r = Reliability.of(said, 1);
    // scikit-learn's example of roc_auc_score gives 0.75 for these.
    assertThat(r.area()).isCloseTo(0.75, within(1e-12));
    assertThat(r.falseShare()).containsExactly(0, 0, 0.5, 0.5, 1);
    assertThat(r.trueShare()).containsExactly(0, 0.5, 0.5, 1, 1);
    assertThat(r.error()).isCloseTo((0.1 + 0.4 + 0.65 + 0.2) / 4, within(1e-6));
    Interval interval = Interval.of(0.8, 50);
    assertThat(interval.from()).isCloseTo(0.6696, within(1e-4));
    assertThat(interval.to()).isCloseTo(0.8876, within(1e-4));
  }
}
