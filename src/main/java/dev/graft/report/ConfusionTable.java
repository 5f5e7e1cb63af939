package dev.graft.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Which class is taken for which: a shaded table of few classes, and the most frequent mix-ups. */
final class ConfusionTable {
  private static final int LARGEST = 30;
  private static final int MIXUPS = 10;

  private ConfusionTable() {}

  private record MixUp(int is, int takenFor, long count) {}

  static void write(StringBuilder page, Evaluation figures) {
    int count = figures.confusion().length;
    if (count == 0) {
      return;
    }
    page.append("<h3>Confusion matrix</h3>\n");
    if (count <= LARGEST) {
      table(page, figures);
    } else {
      Picture picture = ConfusionPicture.of(figures);
      page.append("<p class=\"soft\">Rows: the class it is. Columns: the class it is taken for.");
      page.append(" Numbers: the table of classes.");
      int group = ConfusionPicture.group(figures);
      if (group > 1) {
        page.append(" A square stands for ").append(group).append(" × ").append(group);
        page.append(" classes next to each other.");
      }
      page.append("</p>\n<figure><img class=\"confusion\" alt=\"Confusion of ");
      page.append(count).append(" classes\" src=\"");
      page.append(Html.data("image/png", picture.png())).append("\"></figure>\n");
    }
  }

  private static void table(StringBuilder page, Evaluation figures) {
    page.append("<p class=\"soft\">Rows: the class it is. Columns: the class it is taken for.</p>");
    page.append("\n<div class=\"scroll\"><table class=\"matrix\">\n<tr><th></th>");
    for (int c = 0; c < figures.confusion().length; c++) {
      page.append("<th>").append(c).append("</th>");
    }
    page.append("</tr>\n");
    for (int r = 0; r < figures.confusion().length; r++) {
      page.append("<tr><td>").append(r).append(' ');
      page.append(Html.name(figures.classes().get(r).name())).append("</td>");
      for (int c = 0; c < figures.confusion().length; c++) {
        cell(page, figures.confusion()[r][c], figures.classes().get(r).support(), r == c);
      }
      page.append("</tr>\n");
    }
    page.append("</table></div>\n");
  }

  private static void cell(StringBuilder page, long count, long row, boolean hit) {
    double share = row == 0 ? 0 : (double) count / row;
    page.append(share > 0.5 ? "<td class=\"strong\"" : "<td");
    if (count > 0) {
      String colour = hit ? "0,114,178" : "213,94,0";
      page.append(
          String.format(
              Locale.ROOT, " style=\"background:rgba(%s,%.2f)\"", colour, 0.1 + 0.9 * share));
    }
    page.append('>').append(count == 0 ? "" : count).append("</td>");
  }

  /** The pairs of classes that are mixed up most. */
  static void mixups(StringBuilder page, Evaluation figures) {
    List<MixUp> all = new ArrayList<>();
    for (int r = 0; r < figures.confusion().length; r++) {
      for (int c = 0; c < figures.confusion().length; c++) {
        if (r != c && figures.confusion()[r][c] > 0) {
          all.add(new MixUp(r, c, figures.confusion()[r][c]));
        }
      }
    }
    if (figures.confusion().length < 4 || all.isEmpty()) {
      return;
    }
    all.sort(Comparator.comparingLong((MixUp m) -> -m.count()));
    page.append("<h3>Most frequent mix-ups</h3>\n<div class=\"scroll\"><table class=\"mixups\">\n");
    page.append("<tr><th>is</th><th class=\"left\">taken for</th><th>examples</th></tr>\n");
    for (MixUp mixup : all.subList(0, Math.min(MIXUPS, all.size()))) {
      page.append("<tr><td>").append(Html.name(figures.classes().get(mixup.is()).name()));
      page.append("</td><td class=\"left\">");
      page.append(Html.name(figures.classes().get(mixup.takenFor()).name()));
      page.append("</td><td>").append(mixup.count()).append("</td></tr>\n");
    }
    page.append("</table></div>\n");
  }
}
