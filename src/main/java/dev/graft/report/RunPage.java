package dev.graft.report;

import dev.graft.error.DataException;
import dev.graft.files.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The page of a run: one HTML file that holds everything it shows and fetches nothing.
 *
 * <p>What is drawn lies beside it as PNG and SVG, in {@code figures/}. The page has no scripts, and
 * a content security policy forbids any, as well as every address but those inside the file. All
 * text from outside is escaped.
 */
public final class RunPage {
  private static final String POLICY =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none';"
          + " form-action 'none'";

  /** What stands in place of every drawing where Java cannot draw. */
  static final String NO_FONTS =
      "Nothing could be drawn on this machine: Java finds no font there. Install fontconfig and a"
          + " font, and set -Djava.awt.headless=true where there is no display.";

  private final RunReport report;
  private final boolean drawn;
  private final List<Chart> curves;
  private final List<List<Chart>> outcomes = new ArrayList<>();

  private RunPage(RunReport report) {
    this.report = report;
    this.drawn = Chart.possible();
    this.curves = drawn ? Curves.of(report.history()) : List.of();
    for (int i = 0; i < report.outcomes().size(); i++) {
      RunReport.Outcome outcome = report.outcomes().get(i);
      outcomes.add(drawn ? OutcomeCharts.of(outcome, "outcome-" + i + "-") : List.of());
    }
  }

  /** The page as text. */
  public static String html(RunReport report) {
    return new RunPage(report).html();
  }

  /** Writes {@code report.html} into {@code folder}, and {@code figures/} with PNG and SVG. */
  public static void write(Path folder, RunReport report) {
    RunPage page = new RunPage(report);
    Path figures = folder.resolve("figures");
    try {
      Files.createDirectories(figures);
    } catch (IOException e) {
      throw new DataException(figures + ": cannot be made: " + e.getMessage() + ".", e);
    }
    List<Chart> charts = new ArrayList<>(page.curves);
    page.outcomes.forEach(charts::addAll);
    for (Chart chart : charts) {
      AtomicFiles.string(figures.resolve(chart.name() + ".svg"), chart.svg());
      AtomicFiles.bytes(figures.resolve(chart.name() + ".png"), chart.png().png());
    }
    for (int i = 0; i < report.outcomes().size(); i++) {
      Evaluation evaluation = report.outcomes().get(i).evaluation();
      if (evaluation.confusion().length > 0) {
        String name = "outcome-" + i + "-confusion";
        AtomicFiles.bytes(figures.resolve(name + ".png"), ConfusionPicture.of(evaluation).png());
        if (page.drawn) {
          AtomicFiles.string(figures.resolve(name + ".svg"), ConfusionPicture.svg(evaluation));
        }
      }
    }
    AtomicFiles.string(figures.resolve("model.svg"), report.network());
    AtomicFiles.string(folder.resolve("report.html"), page.html());
  }

  private String html() {
    StringBuilder page = begin(report.name());
    Overview.write(page, report);
    navigation(page);
    curves(page);
    for (int i = 0; i < outcomes.size(); i++) {
      page.append("<section id=\"outcome-").append(i).append("\">\n");
      OutcomeSection.write(page, report.outcomes().get(i), outcomes.get(i));
      page.append("</section>\n");
    }
    LayersSection.write(page, report);
    FactsSection.write(page, report);
    return page.append("</body>\n</html>\n").toString();
  }

  private void navigation(StringBuilder page) {
    page.append("<nav><a href=\"#curves\">Learning curves</a>");
    for (int i = 0; i < outcomes.size(); i++) {
      page.append(" <a href=\"#outcome-").append(i).append("\">");
      page.append(Html.escape(report.outcomes().get(i).data()));
      page.append(" <bdi>").append(Html.escape(report.outcomes().get(i).output()));
      page.append("</bdi></a>");
    }
    page.append(" <a href=\"#network\">Network</a> <a href=\"#facts\">Time, data, versions</a>");
    page.append(" <a href=\"#next\">Reproduce, use, serve</a></nav>\n");
  }

  /** A page up to where its body begins. */
  static StringBuilder begin(String title) {
    StringBuilder page = new StringBuilder(1 << 16);
    page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"" + POLICY + "\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.append("<title>").append(Html.escape(title)).append("</title>\n");
    page.append("<style>\n").append(resource("report.css")).append("</style>\n</head>\n<body>\n");
    return page;
  }

  private void curves(StringBuilder page) {
    page.append("<h2 id=\"curves\">Learning curves</h2>\n");
    if (!drawn) {
      page.append("<p class=\"warn\">").append(NO_FONTS).append("</p>\n");
      return;
    }
    if (curves.isEmpty()) {
      page.append("<p>No epoch was finished, so there are no curves.</p>\n");
      stages(page);
      return;
    }
    page.append("<p class=\"soft\">").append(Overview.stages(report.history())).append("</p>\n");
    page.append("<div class=\"pair\">\n");
    curves.forEach(chart -> figure(page, chart));
    stages(page);
    page.append("</div>\n");
  }

  private void stages(StringBuilder page) {
    report.facts().stream()
        .filter(facts -> facts.title().equals(RunReport.STAGES))
        .forEach(
            facts -> {
              page.append("<div class=\"stages\">");
              FactsSection.list(page, facts);
              page.append("</div>\n");
            });
  }

  /** A chart with its caption. */
  static void figure(StringBuilder page, Chart chart) {
    page.append("<figure>\n<figcaption>").append(Html.name(chart.title()));
    page.append("</figcaption>\n").append(chart.svgElement(chart.title())).append("</figure>\n");
  }

  private static String resource(String name) {
    try (InputStream in = RunPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
