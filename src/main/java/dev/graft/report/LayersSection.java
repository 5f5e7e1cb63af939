package dev.graft.report;

import dev.graft.model.Summary;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The table of layers, its frozen part shaded. */
final class LayersSection {
  /** A longer table is folded away. */
  private static final int OPEN_ROWS = 40;

  /** In characters; a larger one is a file beside the page only. */
  private static final int LARGEST_PICTURE = 400_000;

  private LayersSection() {}

  static void write(StringBuilder page, RunReport report) {
    Summary model = report.model();
    long frozen = model.total() - model.trainable();
    page.append("<h2 id=\"network\">Network</h2>\n<p>").append(Html.name(model.model()));
    page.append(
        String.format(
            Locale.ROOT,
            ": %d layers, %,d parameters, %,d of them trained. <span class=\"key\"></span> frozen",
            model.rows().size(),
            model.total(),
            model.trainable()));
    page.append("</p>\n");
    if (model.total() > 0) {
      page.append("<div class=\"bar\" role=\"img\" aria-label=\"share of frozen parameters\">");
      page.append(
          String.format(
              Locale.ROOT,
              "<i style=\"width:%.2f%%;background:var(--frozen)\"></i>"
                  + "<i style=\"flex:1;background:var(--accent)\"></i></div>\n",
              100.0 * frozen / model.total()));
    }
    picture(page, report.network());
    boolean folded = model.rows().size() > OPEN_ROWS;
    page.append(folded ? "<details><summary>All layers</summary>\n" : "");
    page.append("<div class=\"scroll\"><table>\n<tr><th>layer</th><th class=\"left\">class</th>");
    page.append("<th>output shape</th><th>parameters</th><th>trained</th></tr>\n");
    model.rows().forEach(row -> row(page, row));
    page.append("</table></div>\n").append(folded ? "</details>\n" : "");
  }

  /** An image of its own, so that its styles stay within it. */
  private static void picture(StringBuilder page, String svg) {
    if (svg.length() > LARGEST_PICTURE) {
      page.append("<p class=\"soft\">The picture of the network: figures/model.svg</p>\n");
      return;
    }
    byte[] bytes = svg.getBytes(StandardCharsets.UTF_8);
    page.append("<details><summary>Picture of the network</summary>\n<div class=\"scroll tall\">");
    page.append("<img class=\"network\" alt=\"layers and how they are connected\" src=\"");
    page.append(Html.data("image/svg+xml", bytes)).append("\"></div></details>\n");
  }

  private static void row(StringBuilder page, Summary.Row row) {
    boolean frozen = !row.trainable();
    page.append(frozen ? "<tr class=\"frozen\"><td>" : "<tr><td>").append(Html.name(row.name()));
    page.append("</td><td class=\"left\">")
        .append(Html.escape(row.className()))
        .append("</td><td>");
    page.append(Html.escape(row.outputShape())).append("</td><td>");
    page.append(String.format(Locale.ROOT, "%,d", row.params())).append("</td><td>");
    page.append(frozen ? "frozen" : row.params() > 0 ? "yes" : "").append("</td></tr>\n");
  }
}
