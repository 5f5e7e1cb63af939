package dev.graft.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;

/** Numbers as people read them, the same in every place and every locale. */
final class Figures {
  private static final double SMALL = 1e-3;
  private static final double SMALLEST_PLAIN = 1e-4;
  private static final double LARGE = 1e6;

  private Figures() {}

  /** A loss or metric, as Keras's progress bar prints it: four decimals, or 1.2345e-05. */
  static String metric(double value) {
    if (!Double.isFinite(value)) {
      return special(value);
    }
    double size = Math.abs(value);
    return size != 0 && (size <= SMALL || size >= LARGE)
        ? String.format(Locale.ROOT, "%.4e", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  /** A learning rate: as short as it can be, such as 0.001 or 1e-05. */
  static String rate(double value) {
    if (!Double.isFinite(value)) {
      return special(value);
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
    if (Math.abs(value) >= SMALLEST_PLAIN && Math.abs(value) < LARGE) {
      return rounded.toPlainString();
    }
    int exponent = rounded.precision() - rounded.scale() - 1;
    return rounded.movePointLeft(exponent).toPlainString()
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** A number beside an axis: four digits that count. */
  static String tick(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString()
        : special(value);
  }

  private static String special(double value) {
    return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }

  /** A value of the history under its log name. */
  static String log(String name, double value) {
    return name.equals("learning_rate") ? rate(value) : metric(value);
  }

  /** All values of an epoch: {@code loss: 0.4412 - accuracy: 0.8410}. */
  static String logs(Map<String, Double> logs) {
    StringBuilder text = new StringBuilder();
    logs.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? "" : " - ")
                .append(name)
                .append(": ")
                .append(log(name, value)));
    return text.toString();
  }

  /** A time: {@code 2.1 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
  static String seconds(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** A time on a clock: {@code 0:07}, {@code 1:02:03}. */
  static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
  }

  /** How many units a second: {@code 12.3 images/s}; bytes in MB. */
  static String speed(double perSecond, String unit) {
    return unit.equals("bytes")
        ? String.format(Locale.ROOT, "%.1f MB/s", perSecond / 1e6)
        : String.format(Locale.ROOT, perSecond < 100 ? "%.1f %s/s" : "%.0f %s/s", perSecond, unit);
  }

  /** An amount of units without its name: bytes in MB. */
  static String amount(long count, String unit) {
    return unit.equals("bytes")
        ? String.format(Locale.ROOT, "%.1f", count / 1e6)
        : Long.toString(count);
  }

  /** A share of 1 with four decimals. */
  static String share(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.4f", share);
  }

  /** A share as a percentage with one decimal; {@code –} where there is none. */
  static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** Text without line feeds, escape sequences and other control characters. */
  static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "\u00b7");
  }
}
