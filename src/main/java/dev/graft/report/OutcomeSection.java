package dev.graft.report;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How good one output is: figures, confusion, curves and examples to look at. */
final class OutcomeSection {
  /** Tables of more classes than this are folded away. */
  private static final int OPEN_CLASSES = 30;

  /** A matrix of more classes has the width of the page for itself. */
  private static final int BESIDE = 12;

  /** Pixels: sharp enough on a phone, and dozens of them stay a small page. */
  private static final int THUMBNAIL = 128;

  /** No more of them: a drawing, or a small picture. */
  private static final int COLORS = 256;

  private final StringBuilder page;
  private final RunReport.Outcome outcome;
  private final Evaluation figures;

  private OutcomeSection(StringBuilder page, RunReport.Outcome outcome) {
    this.page = page;
    this.outcome = outcome;
    this.figures = outcome.evaluation();
  }

  static void write(StringBuilder page, RunReport.Outcome outcome, List<Chart> charts) {
    OutcomeSection section = new OutcomeSection(page, outcome);
    page.append("<h2>").append(Html.name(outcome.output())).append(" on ");
    page.append(Html.name(outcome.data())).append(" data</h2>\n<p>");
    page.append(String.format(Locale.ROOT, "%,d examples", outcome.evaluation().examples()));
    outcome
        .evaluation()
        .metrics()
        .forEach(
            (name, value) ->
                page.append(" · ")
                    .append(Html.escape(name))
                    .append(" <b>")
                    .append(Figures.log(name, value))
                    .append("</b>"));
    page.append("</p>\n");
    section.sure();
    section.numbers();
    int matrix = outcome.evaluation().confusion().length;
    page.append(matrix > 0 && matrix <= BESIDE ? "<div class=\"figures\">\n<div>" : "<div>\n<div>");
    ConfusionTable.write(page, outcome.evaluation());
    page.append("</div>\n<div>");
    section.classes();
    ConfusionTable.mixups(page, outcome.evaluation());
    page.append("</div>\n</div>\n");
    if (!charts.isEmpty()) {
      page.append("<div class=\"pair\">\n");
      charts.forEach(chart -> RunPage.figure(page, chart));
      page.append("</div>\n");
    }
    section.gallery();
  }

  /** Intervals of 95 %. */
  private void sure() {
    Map<String, Sureness.Figure> figures = Sureness.of(outcome);
    if (figures.isEmpty()) {
      return;
    }
    page.append("<p class=\"soft\">With a confidence of 95 %: ");
    List<String> parts = new ArrayList<>();
    figures.forEach(
        (name, figure) ->
            parts.add(
                Html.escape(name)
                    + " "
                    + Figures.metric(figure.from())
                    + " to "
                    + Figures.metric(figure.to())));
    page.append(String.join(" · ", parts)).append("</p>\n");
  }

  private void numbers() {
    if (figures.numbers().isEmpty()) {
      return;
    }
    boolean folded = figures.numbers().size() > OPEN_CLASSES;
    page.append(folded ? "<details><summary>All outputs</summary>\n" : "");
    page.append("<div class=\"scroll\"><table>\n<tr><th>output</th><th>mean absolute error</th>");
    page.append("<th>root mean squared error</th><th>bias</th><th>R²</th></tr>\n");
    for (Evaluation.OfNumber n : figures.numbers()) {
      String r2 = Double.isNaN(n.r2()) ? "–" : Figures.metric(n.r2());
      row(
          n.name(),
          Figures.metric(n.mae()),
          Figures.metric(n.rmse()),
          Figures.metric(n.bias()),
          r2);
    }
    page.append("</table></div>\n").append(folded ? "</details>\n" : "");
  }

  private void row(String name, String... cells) {
    page.append("<tr><td>").append(Html.name(name)).append("</td>");
    for (String cell : cells) {
      page.append("<td>").append(cell).append("</td>");
    }
    page.append("</tr>\n");
  }

  private void classes() {
    List<Evaluation.OfClass> classes = figures.classes();
    if (classes.isEmpty()) {
      return;
    }
    boolean folded = classes.size() > OPEN_CLASSES;
    page.append("<h3>").append(classes.size() == 1 ? "The class" : "Each class").append("</h3>\n");
    page.append(folded ? "<details><summary>All classes</summary>\n" : "");
    page.append("<div class=\"scroll tall\"><table>\n<tr><th>class</th><th>precision</th>");
    page.append("<th>recall</th><th>F1</th><th>support</th></tr>\n");
    boolean numbered = figures.confusion().length > 0;
    for (int i = 0; i < classes.size(); i++) {
      Evaluation.OfClass c = classes.get(i);
      page.append("<tr><td>").append(numbered ? i + " " : "").append(Html.name(c.name()));
      page.append("</td><td>").append(Figures.share(c.precision()));
      page.append("</td><td>").append(Figures.share(c.recall()));
      page.append("</td><td class=\"share\" style=\"--share:");
      page.append(String.format(Locale.ROOT, "%.1f%%\">", 100 * c.f1()));
      page.append(Figures.share(c.f1())).append("</td><td>");
      page.append(String.format(Locale.ROOT, "%,d", c.support())).append("</td></tr>\n");
    }
    page.append("</table></div>\n").append(folded ? "</details>\n" : "");
  }

  private void gallery() {
    if (outcome.said().size() == 0) {
      return;
    }
    Gallery gallery = Gallery.of(outcome.said());
    boolean numbers = outcome.said().kind() == Predictions.Kind.NUMBERS;
    examples(numbers ? "Largest errors" : "Surest mistakes", gallery.mistakes());
    if (!numbers) {
      examples("Least sure hits", gallery.hits());
    }
  }

  private void examples(String title, List<Integer> rows) {
    page.append("<h3>").append(title).append("</h3>\n");
    if (rows.isEmpty()) {
      page.append("<p class=\"soft\">None.</p>\n");
      return;
    }
    page.append("<ul class=\"gallery\">\n");
    for (int row : rows) {
      BufferedImage whole = outcome.examples().picture(row);
      page.append("<li>");
      if (whole != null) {
        BufferedImage small = Picture.atMost(whole, THUMBNAIL);
        page.append("<img alt=\"\" width=\"").append(small.getWidth()).append("\" height=\"");
        page.append(small.getHeight()).append("\" src=\"");
        page.append(data(small)).append("\">");
      }
      page.append(verdict(row)).append("<br><span class=\"soft\">");
      page.append(Html.name(outcome.examples().name(row))).append("</span></li>\n");
    }
    page.append("</ul>\n");
  }

  /** The smaller file; with many colours, as photos have them, that is the JPEG. */
  private static String data(BufferedImage picture) {
    byte[] jpeg = Picture.jpeg(picture);
    if (Arrays.stream(Picture.colors(picture)).distinct().limit(COLORS + 1).count() <= COLORS) {
      byte[] png = Picture.of(picture).png();
      if (png.length <= jpeg.length) {
        return Html.data("image/png", png);
      }
    }
    return Html.data("image/jpeg", jpeg);
  }

  private String verdict(int row) {
    Predictions said = outcome.said();
    List<String> names = said.names();
    switch (said.kind()) {
      case CLASSES -> {
        int taken = said.predicted(row);
        String sure = " (" + Figures.percent(said.value(row, taken)) + ")";
        String text = "<b>" + Html.name(names.get(taken)) + "</b>" + sure;
        return taken == said.label(row)
            ? text
            : text + "<br>is " + Html.name(names.get(said.label(row)));
      }
      case LABELS -> {
        int worst = worst(row);
        return Html.name(names.get(worst))
            + ": <b>"
            + Figures.percent(said.value(row, worst))
            + "</b><br>"
            + (said.target(row, worst) > 0.5f ? "is it" : "is not");
      }
      case NUMBERS -> {
        int worst = worst(row);
        return Html.name(names.get(worst))
            + ": <b>"
            + Figures.metric(said.value(row, worst))
            + "</b><br>is "
            + Figures.metric(said.target(row, worst));
      }
    }
    throw new AssertionError(said.kind());
  }

  private int worst(int row) {
    Predictions said = outcome.said();
    int worst = 0;
    for (int c = 1; c < said.names().size(); c++) {
      double off = Math.abs(said.value(row, c) - said.target(row, c));
      worst = off > Math.abs(said.value(row, worst) - said.target(row, worst)) ? c : worst;
    }
    return worst;
  }
}
