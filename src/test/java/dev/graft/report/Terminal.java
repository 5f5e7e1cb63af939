package dev.graft.report;

import java.util.ArrayList;
import java.util.List;

/** What a terminal shows after some output: knows CR, LF, erasing to the end, and wrapping. */
final class Terminal {
  private Terminal() {}

  static List<String> lines(String output, int width) {
    List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    int column = 0;
    for (int i = 0; i < output.length(); i++) {
      StringBuilder line = lines.get(lines.size() - 1);
      if (output.charAt(i) == '\r') {
        column = 0;
      } else if (output.charAt(i) == '\n') {
        lines.add(new StringBuilder());
        column = 0;
      } else if (output.startsWith("\u001b[K", i)) {
        line.setLength(Math.min(line.length(), column));
        i += 2;
      } else {
        if (column == width) {
          line = new StringBuilder();
          lines.add(line);
          column = 0;
        }
        line.setLength(Math.max(line.length(), column + 1));
        line.setCharAt(column++, output.charAt(i));
      }
    }
    return lines.stream().map(StringBuilder::toString).filter(l -> !l.isEmpty()).toList();
  }
}
