package dev.graft.report;

import java.util.Base64;

/** Text on its way into a page. */
final class Html {
  private Html() {}

  /** Text in which nothing is markup; control characters, which HTML forbids, become visible. */
  static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                case '\n', '\t' -> safe.append(' ');
                default -> safe.appendCodePoint(printable(c) ? c : 0xFFFD);
              }
            });
    return safe.toString();
  }

  private static boolean printable(int c) {
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    return !Character.isISOControl(c) && !surrogate && (c & 0xFFFE) != 0xFFFE;
  }

  /**
   * A name that somebody else chose: escaped, and kept apart from the writing direction around it,
   * so that right-to-left letters do not turn the line about.
   */
  static String name(String name) {
    return "<bdi>" + escape(name) + "</bdi>";
  }

  /** A file inside the page. */
  static String data(String type, byte[] bytes) {
    return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }
}
