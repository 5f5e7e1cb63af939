package dev.graft.spark;

import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The words behind {@code spark-submit}'s jar: {@code --name value} and {@code --flag}. */
final class Arguments {
  private static final List<String> NAMES =
      List.of("parcel", "data", "column", "format", "out", "threads", "precision", "log");
  private static final List<String> FLAGS = List.of("overwrite");

  private final Map<String, String> values = new LinkedHashMap<>();

  private Arguments() {}

  static Arguments of(String... words) {
    Arguments arguments = new Arguments();
    for (int i = 0; i < words.length; i++) {
      String name = words[i].startsWith("--") ? words[i].substring(2) : "";
      if (FLAGS.contains(name)) {
        arguments.values.put(name, "");
      } else if (NAMES.contains(name) && i + 1 < words.length) {
        arguments.values.put(name, words[++i]);
      } else if (NAMES.contains(name)) {
        throw new SettingException(words[i] + ": its value is missing.");
      } else {
        throw new SettingException(words[i] + ": is not known." + Nearest.hint(name, NAMES));
      }
    }
    return arguments;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String get(String name) {
    if (!has(name)) {
      throw new SettingException("--" + name + " is missing.");
    }
    return values.get(name);
  }

  String get(String name, String absent) {
    return values.getOrDefault(name, absent);
  }

  int number(String name) {
    try {
      return Integer.parseInt(get(name));
    } catch (NumberFormatException e) {
      throw new SettingException(
          "--" + name + ": expected a whole number, came '" + get(name) + "'.", e);
    }
  }
}
