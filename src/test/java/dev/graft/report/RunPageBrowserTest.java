package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Opens the page in a real browser; screenshots go to {@code target/screenshots}. */
@Tag("browser")
class RunPageBrowserTest {
  @TempDir Path folder;

  /** What the page is asked to show. */
  enum Run {
    FLOWERS,
    HEADS,
    HUNDRED,
    THOUSAND,
    EMPTY;

    RunReport report() {
      return switch (this) {
        case FLOWERS -> SampleRun.flowers();
        case HEADS ->
            SampleRun.of(
                SampleRun.history(1, 0),
                RunReport.Ending.STOPPED,
                SampleRun.outcome("tags", SampleRun.labels()),
                SampleRun.outcome("price", SampleRun.numbers()),
                SampleRun.outcome("kind", SampleRun.classes(SampleRun.names(2), 80)));
        case HUNDRED ->
            SampleRun.of(
                SampleRun.history(20, 5),
                RunReport.Ending.FAILED,
                SampleRun.outcome("dense", SampleRun.classes(SampleRun.names(100), 2000)));
        case THOUSAND ->
            SampleRun.of(
                SampleRun.history(40, 0),
                RunReport.Ending.FINISHED,
                SampleRun.outcome("dense", SampleRun.classes(SampleRun.names(1000), 3000)));
        case EMPTY -> SampleRun.of(new dev.graft.train.History(), RunReport.Ending.INTERRUPTED);
      };
    }
  }

  private static final String TOO_WIDE =
      """
      [...document.querySelectorAll('body *')].filter(e => {
        if (e.closest('.scroll, pre, svg') && !e.matches('.scroll, pre, svg')) return false;
        const r = e.getBoundingClientRect();
        return r.width > 0 && (r.right > innerWidth + 1 || r.left < -1);
      }).map(e => e.tagName + '.' + e.className).join(' ')\
      """;

  @ParameterizedTest
  @EnumSource
  void nothingOverflowsAndNothingIsFetched(Run run) throws Exception {
    RunPage.write(folder, run.report());
    Path shots = Files.createDirectories(Path.of("target/screenshots"));
    Path profile = Files.createTempDirectory("graft-browser");
    try (Browser browser = Browser.open(profile, folder.resolve("report.html").toUri())) {
      for (int width : new int[] {320, 390, 1280}) {
        for (String scheme : new String[] {"light", "dark"}) {
          browser.look(width, width < 600, scheme);
          assertThat(browser.evaluate(TOO_WIDE)).as("at %d pixels", width).isEmpty();
          assertThat(Integer.parseInt(browser.evaluate("document.documentElement.scrollWidth")))
              .isLessThanOrEqualTo(width);
          byte[] shot = browser.screenshot();
          assertThat(shot.length).isGreaterThan(10_000);
          Files.write(shots.resolve(run + "-" + width + "-" + scheme + ".png"), shot);
        }
      }
      Files.write(shots.resolve(run + ".pdf"), browser.print());
      assertThat(browser.evaluate("document.scripts.length")).isEqualTo("0");
      assertThat(browser.requests())
          .allMatch(url -> url.endsWith("/report.html") || url.startsWith("data:"));
    }
  }
}
