package dev.graft.cli;

import dev.graft.error.SettingException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.cli.CommandLine;

/** Spans of time as options have them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}. */
final class Spans {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private Spans() {}

  /** The span after {@code --name}. */
  static Duration of(CommandLine line, String name) {
    String text = line.getOptionValue(name);
    Matcher matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      throw new SettingException(
          "--" + name + ": expected a time such as 10s, 5m or 1h, came '" + text + "'.");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }
}
