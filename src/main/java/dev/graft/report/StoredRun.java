package dev.graft.report;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A run folder as others left it: its history, its settings and its test figures.
 *
 * @param name the folder's name
 * @param epochs objects of {@code history.json}: log names and values
 * @param settings of {@code recipe.json}, flattened: {@code stages.0.batch_size}
 * @param metrics of {@code card.json}; empty while the run is not finished
 * @param finished whether it has a card, which is written last
 */
record StoredRun(
    String name,
    List<Map<String, Double>> epochs,
    Map<String, String> settings,
    Map<String, Double> metrics,
    boolean finished) {
  private static final Pattern LESS_IS_BETTER =
      Pattern.compile(
          "loss|error|mae|mse|mape|msle|crossentropy|divergence|hinge|cosh|poisson|false_");

  private static final String RECIPE = "recipe.json";
  private static final String HISTORY = "history.json";
  private static final String CARD = "card.json";

  /** True when {@code folder} looks like a run. */
  static boolean is(Path folder) {
    return Files.isRegularFile(folder.resolve(RECIPE));
  }

  /** Reads a run folder; one that is still being filled has fewer epochs and no metrics. */
  static StoredRun read(Path folder) {
    if (!is(folder)) {
      throw new DataException(
          folder
              + ": expected a run folder, there is no "
              + RECIPE
              + " in it. Name a folder of runs/.");
    }
    List<Map<String, Double>> epochs = new ArrayList<>();
    if (Files.exists(folder.resolve(HISTORY))) {
      for (Config epoch : Config.read(folder.resolve(HISTORY)).items()) {
        epochs.add(numbers(epoch));
      }
    }
    Map<String, Double> metrics = Map.of();
    if (Files.exists(folder.resolve(CARD))) {
      Config card = Config.read(folder.resolve(CARD));
      metrics = card.contains("metrics") ? numbers(card.get("metrics")) : Map.of();
    }
    Map<String, String> settings = new TreeMap<>();
    flatten("", Config.read(folder.resolve(RECIPE)).plain(), settings);
    return new StoredRun(
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
        epochs,
        settings,
        metrics,
        Files.exists(folder.resolve(CARD)));
  }

  private static Map<String, Double> numbers(Config object) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (String key : object.keys()) {
      Config value = object.get(key);
      if (value.isNumber()) {
        numbers.put(key, value.number());
      } else if (value.isString() && value.string().equals("NaN")) {
        // JSON has no word for it, so it was written as a string.
        numbers.put(key, Double.NaN);
      }
    }
    return numbers;
  }

  private static void flatten(String at, Object plain, Map<String, String> into) {
    String start = at.isEmpty() ? "" : at + ".";
    if (plain instanceof Map<?, ?> map) {
      map.forEach((key, value) -> flatten(start + key, value, into));
    } else if (plain instanceof List<?> list && list.stream().anyMatch(StoredRun::nests)) {
      for (int i = 0; i < list.size(); i++) {
        flatten(start + i, list.get(i), into);
      }
    } else {
      into.put(at, String.valueOf(plain));
    }
  }

  /** Seconds of all epochs. */
  double seconds() {
    return epochs.stream().mapToDouble(e -> e.getOrDefault("seconds", 0.0)).sum();
  }

  /** The same run under another name. */
  StoredRun named(String other) {
    return new StoredRun(other, epochs, settings, metrics, finished);
  }

  private static boolean nests(Object value) {
    return value instanceof Map || value instanceof List;
  }

  /** The best value of a log: the least of a loss or error, the greatest of anything else. */
  double best(String log) {
    boolean least = LESS_IS_BETTER.matcher(log).find();
    double best = Double.NaN;
    for (Map<String, Double> epoch : epochs) {
      Double value = epoch.get(log);
      if (value != null && Double.isFinite(value) && !(least ? value >= best : value <= best)) {
        best = value;
      }
    }
    return best;
  }
}
