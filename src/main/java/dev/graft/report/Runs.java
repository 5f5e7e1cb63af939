package dev.graft.report;

import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The runs of a folder with their best figures.
 *
 * @param folder where they lie
 * @param runs by name
 * @param unreadable why some were left out, a sentence each
 */
public record Runs(Path folder, List<StoredRun> runs, List<String> unreadable) {
  private static final Set<String> NO_FIGURES = Set.of("epoch", "seconds", "learning_rate");
  private static final String TEST = "test_";

  /** Copies. */
  public Runs {
    runs = List.copyOf(runs);
    unreadable = List.copyOf(unreadable);
  }

  /** The runs in {@code folder}; none when there is no such folder yet. */
  public static Runs in(Path folder) {
    List<StoredRun> runs = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> children = Files.list(folder)) {
        for (Path child : children.filter(StoredRun::is).sorted().toList()) {
          try {
            runs.add(StoredRun.read(child));
          } catch (GraftException e) {
            // One broken run does not hide the others; the caller says what is missing.
            unreadable.add(e.getMessage());
          }
        }
      } catch (IOException e) {
        throw new DataException(folder + ": cannot be read: " + e.getMessage() + ".", e);
      }
    }
    return new Runs(folder, runs, unreadable);
  }

  /** A table, one line a run. */
  public String text() {
    return runs.isEmpty() ? "no runs in " + folder + "\n" : table(runs);
  }

  /**
   * As {@code runs --json} prints it: {@code [{run, finished, epochs, seconds, best: {LOG: …},
   * test: {test_LOG: …}}]}.
   */
  public List<Map<String, Object>> json() {
    return runs.stream().map(run -> json(run, logs(runs))).toList();
  }

  static Map<String, Object> json(StoredRun run, Set<String> logs) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", run.name());
    json.put("finished", run.finished());
    json.put("epochs", run.epochs().size());
    json.put("seconds", run.seconds());
    Map<String, Object> best = new LinkedHashMap<>();
    for (String log : logs) {
      double value = run.best(log);
      best.put(log, Double.isNaN(value) ? null : value);
    }
    json.put("best", best);
    Map<String, Object> test = new LinkedHashMap<>(run.metrics());
    test.keySet().removeIf(name -> !name.startsWith(TEST));
    json.put("test", test);
    return json;
  }

  static String table(List<StoredRun> runs) {
    Set<String> logs = logs(runs);
    Set<String> tests = new LinkedHashSet<>();
    runs.forEach(run -> tests.addAll(run.metrics().keySet()));
    tests.removeIf(name -> !name.startsWith(TEST));
    List<String> head = new ArrayList<>(List.of("run", "state", "epochs", "seconds"));
    logs.forEach(log -> head.add("best " + log));
    head.addAll(tests);
    TextTable table = new TextTable(head);
    for (StoredRun run : runs) {
      List<String> row = new ArrayList<>(List.of(run.name()));
      row.add(run.finished() ? "finished" : "not finished");
      row.add(Integer.toString(run.epochs().size()));
      row.add(Figures.seconds(run.seconds()));
      logs.forEach(log -> row.add(figure(run.best(log))));
      tests.forEach(name -> row.add(figure(run.metrics().getOrDefault(name, Double.NaN))));
      table.add(row);
    }
    return table.text();
  }

  static String figure(double value) {
    return Double.isNaN(value) ? "–" : Figures.metric(value);
  }

  /** What is worth a column: validation figures where there are any, else those of training. */
  static Set<String> logs(List<StoredRun> runs) {
    Set<String> logs = new LinkedHashSet<>();
    runs.forEach(run -> run.epochs().forEach(epoch -> logs.addAll(epoch.keySet())));
    logs.removeAll(NO_FIGURES);
    if (logs.stream().anyMatch(log -> log.startsWith("val_"))) {
      logs.removeIf(log -> !log.startsWith("val_"));
    }
    return logs;
  }
}
