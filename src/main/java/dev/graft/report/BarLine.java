package dev.graft.report;

import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;
import org.jline.utils.WCWidth;

/**
 * One line of a bar: what is done, how far, how fast, how long still, and the running metrics. A
 * line that is too narrow loses its last pieces; it never wraps.
 */
final class BarLine implements ProgressBarRenderer {
  private static final int LONGEST_BAR = 30;
  private static final int SHORTEST_BAR = 8;

  private final String unit;
  private final Supplier<Map<String, Double>> metrics;

  /**
   * A line.
   *
   * @param unit what is counted
   * @param metrics running values, asked for only when the line is drawn
   */
  BarLine(String unit, Supplier<Map<String, Double>> metrics) {
    this.unit = unit;
    this.metrics = metrics;
  }

  @Override
  public String render(ProgressState state, int width) {
    return line(
        state.getTaskName(),
        state.getCurrent(),
        state.isIndefinite() ? -1 : state.getMax(),
        state.getElapsedAfterStart().toMillis() / 1e3,
        width);
  }

  private String line(String name, long done, long total, double seconds, int width) {
    StringBuilder after = new StringBuilder(" ").append(Figures.amount(done, unit));
    if (total >= 0) {
      after.append('/').append(Figures.amount(total, unit));
    }
    after.append(unit.equals("bytes") ? " MB" : " " + unit);
    double speed = seconds > 0 ? done / seconds : 0;
    if (done > 0 && speed > 0) {
      after.append(" · ").append(Figures.speed(speed, unit));
    }
    if (total > 0 && done > 0 && speed > 0) {
      after.append(" · ETA ").append(Figures.clock(Math.max(0, total - done) / speed));
    } else {
      after.append(" · ").append(Figures.clock(seconds));
    }
    Map<String, Double> values = metrics.get();
    if (!values.isEmpty()) {
      after.append(" · ").append(Figures.logs(values));
    }
    String before = name + share(done, total);
    int room = width - columns(before) - columns(after);
    String bar = total > 0 ? bar((double) done / total, Math.min(LONGEST_BAR, room)) : "";
    return cut(before + bar + after, width);
  }

  private static String share(long done, long total) {
    return total > 0 ? String.format(Locale.ROOT, " %3d%%", Math.min(100, 100 * done / total)) : "";
  }

  private static String bar(double share, int length) {
    int inner = Math.max(SHORTEST_BAR, length) - 1;
    int full = (int) Math.round(Math.min(1, share) * inner);
    return " " + "━".repeat(full) + "─".repeat(inner - full);
  }

  /** How many columns of a terminal {@code text} takes: CJK takes two, combining marks none. */
  static int columns(CharSequence text) {
    return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
  }

  /** {@code text}, shortened to at most {@code width} columns. */
  static String cut(String text, int width) {
    if (columns(text) <= width) {
      return text;
    }
    StringBuilder cut = new StringBuilder();
    int used = 1;
    for (int c : text.codePoints().toArray()) {
      used += Math.max(0, WCWidth.wcwidth(c));
      if (used > width) {
        break;
      }
      cut.appendCodePoint(c);
    }
    return width < 1 ? "" : cut.append('…').toString();
  }
}
