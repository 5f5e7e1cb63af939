package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** File names that callbacks write to: inside the run folder, with logs filled in. */
final class Templates {
  /** Python's replacement fields with the formats that make sense for a number. */
  private static final Pattern FIELD =
      Pattern.compile("\\{(\\w+)(?::(0?)(\\d{0,2})(?:\\.(\\d{1,2}))?([dfe]?))?}");

  private Templates() {}

  /**
   * The path that {@code name} means inside {@code folder}.
   *
   * @throws SettingException when it would lie outside
   */
  static Path inside(Path folder, Config name) {
    try {
      Path base = folder.toAbsolutePath().normalize();
      Path path = base.resolve(name.string()).normalize();
      if (path.startsWith(base) && !path.equals(base)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw name.wrong("a file name");
    }
    throw name.wrong("a file inside the run folder");
  }

  /**
   * {@code template} with {@code {epoch:02d}} and {@code {val_loss:.2f}} replaced.
   *
   * @param values by name; whole numbers as Integer, others as Double
   */
  static String fill(String template, Map<String, ? extends Number> values) {
    Matcher field = FIELD.matcher(template);
    StringBuilder text = new StringBuilder();
    while (field.find()) {
      Number value = values.get(field.group(1));
      if (value == null) {
        throw new SettingException(
            "file name '"
                + template
                + "': nothing is logged as '"
                + field.group(1)
                + "'."
                + Nearest.hint(field.group(1), values.keySet()));
      }
      field.appendReplacement(text, Matcher.quoteReplacement(format(field, value)));
    }
    field.appendTail(text);
    if (text.indexOf("{") >= 0 || text.indexOf("}") >= 0) {
      throw new SettingException(
          "file name '"
              + template
              + "': a field is a name with an optional format, as in {epoch:02d} or"
              + " {val_loss:.2f}.");
    }
    return text.toString();
  }

  private static String format(Matcher field, Number value) {
    String width = field.group(3) == null ? "" : field.group(3);
    String flags = width.isEmpty() || field.group(2) == null ? "" : field.group(2);
    String type = field.group(5) == null ? "" : field.group(5);
    if (type.equals("d") || (type.isEmpty() && value instanceof Integer)) {
      return String.format(Locale.ROOT, "%" + flags + width + "d", value.longValue());
    }
    String digits = field.group(4) == null ? type.isEmpty() ? "" : "6" : field.group(4);
    if (digits.isEmpty()) {
      return value.toString();
    }
    return String.format(
        Locale.ROOT,
        "%" + flags + width + "." + digits + (type.isEmpty() ? "f" : type),
        value.doubleValue());
  }
}
