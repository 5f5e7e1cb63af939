package dev.graft.report;

import java.util.List;
import java.util.Locale;

/** The lower part of the page: where the time went, what it was made of, what to do next. */
final class FactsSection {
  private static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

  private FactsSection() {}

  static void write(StringBuilder page, RunReport report) {
    page.append("<h2 id=\"facts\">Time, data, versions</h2>\n");
    times(page, report.times());
    page.append("<div class=\"cards\">\n");
    for (RunReport.Facts facts : report.facts()) {
      if (!facts.title().equals(RunReport.STAGES)) {
        page.append("<section>");
        list(page, facts);
        page.append("</section>\n");
      }
    }
    page.append("</div>\n");
    if (!report.commands().isEmpty()) {
      page.append("<h2 id=\"next\">What to do next</h2>\n");
    }
    report
        .commands()
        .forEach(
            (title, lines) -> {
              page.append("<h3>").append(Html.escape(title)).append("</h3>\n<pre><code>");
              page.append(String.join("\n", lines.lines().map(Html::escape).toList()));
              page.append("</code></pre>\n");
            });
    page.append("<footer>Made by Graft. This file fetches nothing.</footer>\n");
  }

  /** Facts under their title. */
  static void list(StringBuilder page, RunReport.Facts facts) {
    page.append("<h3>").append(Html.escape(facts.title())).append("</h3>\n<dl>\n");
    facts
        .values()
        .forEach(
            (name, value) ->
                page.append("<dt>" + Html.name(name) + "</dt><dd>" + value(value) + "</dd>\n"));
    page.append("</dl>");
  }

  private static String value(String value) {
    boolean hash = value.matches("[0-9a-f]{32,128}");
    return hash ? "<span class=\"hash\">" + value + "</span>" : Html.name(value);
  }

  private static void times(StringBuilder page, List<RunReport.Time> times) {
    double total = times.stream().mapToDouble(RunReport.Time::seconds).sum();
    if (!(total > 0)) {
      return;
    }
    page.append("<h3>Where the time went</h3>\n<div class=\"bar\" aria-hidden=\"true\">");
    for (int i = 0; i < times.size(); i++) {
      page.append(
          String.format(
              Locale.ROOT,
              "<i style=\"width:%.2f%%;background:%s\"></i>",
              100 * times.get(i).seconds() / total,
              COLOURS.get(i % COLOURS.size())));
    }
    page.append("</div>\n<div class=\"scroll\"><table>\n");
    for (int i = 0; i < times.size(); i++) {
      RunReport.Time time = times.get(i);
      page.append("<tr><td><span style=\"color:").append(COLOURS.get(i % COLOURS.size()));
      page.append("\">■</span> ").append(Html.escape(time.what())).append("</td><td>");
      page.append(Figures.seconds(time.seconds())).append("</td><td>");
      page.append(Figures.percent(time.seconds() / total)).append("</td></tr>\n");
    }
    page.append("</table></div>\n");
  }
}
