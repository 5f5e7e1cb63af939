package dev.graft.report;

import java.util.ArrayList;
import java.util.List;

/** A table in plain text: the first column to the left, all others to the right. */
final class TextTable {
  private static final String GAP = "  ";
  private static final int WIDEST_NAME = 40;

  private final List<List<String>> rows = new ArrayList<>();

  /** A table that begins with this line of headings. */
  TextTable(List<String> head) {
    rows.add(head);
  }

  void add(List<String> row) {
    rows.add(row.stream().map(Figures::plain).toList());
  }

  /** The table, each line ended by a line feed. */
  String text() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < row.size(); c++) {
        widths[c] = Math.max(widths[c], BarLine.columns(cell(row, c)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.size(); c++) {
        String space = " ".repeat(widths[c] - BarLine.columns(cell(row, c)));
        line.append(c == 0 ? cell(row, c) + space : GAP + space + cell(row, c));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static String cell(List<String> row, int column) {
    return BarLine.cut(row.get(column), WIDEST_NAME);
  }
}
