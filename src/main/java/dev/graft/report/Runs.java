package dev.graft.report;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Run folders beside one another: a list of all, and how some of them differ. */
public final class Runs {
  private static final Set<String> NO_FIGURES = Set.of("epoch", "seconds", "learning_rate");

  private Runs() {}

  /** A table of the runs in {@code folder}, each with its best figures, by name. */
  public static String list(Path folder) {
    List<Path> folders = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> children = Files.list(folder)) {
        children.filter(StoredRun::is).sorted().forEach(folders::add);
      } catch (IOException e) {
        throw new DataException(folder + ": cannot be read: " + e.getMessage() + ".", e);
      }
    }
    if (folders.isEmpty()) {
      return "no runs in " + folder + "\n";
    }
    return table(folders.stream().map(StoredRun::read).toList());
  }

  private static String table(List<StoredRun> runs) {
    Set<String> logs = logs(runs);
    List<String> head = new ArrayList<>(List.of("run", "epochs", "seconds"));
    logs.forEach(log -> head.add("best " + log));
    Set<String> tests = new LinkedHashSet<>();
    runs.forEach(run -> tests.addAll(run.metrics().keySet()));
    tests.removeIf(name -> !name.startsWith("test_"));
    head.addAll(tests);
    TextTable table = new TextTable(head);
    for (StoredRun run : runs) {
      double seconds = run.epochs().stream().mapToDouble(e -> e.getOrDefault("seconds", 0.0)).sum();
      List<String> row = new ArrayList<>(List.of(run.name()));
      row.add(Integer.toString(run.epochs().size()));
      row.add(Figures.seconds(seconds));
      logs.forEach(log -> row.add(figure(run.best(log))));
      tests.forEach(name -> row.add(figure(run.metrics().getOrDefault(name, Double.NaN))));
      table.add(row);
    }
    return table.text();
  }

  private static String figure(double value) {
    return Double.isNaN(value) ? "–" : Figures.metric(value);
  }

  /** What is worth a column: validation figures where there are any, else those of training. */
  private static Set<String> logs(List<StoredRun> runs) {
    Set<String> logs = new LinkedHashSet<>();
    runs.forEach(run -> run.epochs().forEach(epoch -> logs.addAll(epoch.keySet())));
    logs.removeAll(NO_FIGURES);
    if (logs.stream().anyMatch(log -> log.startsWith("val_"))) {
      logs.removeIf(log -> !log.startsWith("val_"));
    }
    return logs;
  }

  /** The best figures of some runs, and the settings in which they differ, as text. */
  public static String compare(List<Path> folders) {
    List<StoredRun> runs = read(folders);
    return table(runs) + "\n" + differences(runs);
  }

  private static List<StoredRun> read(List<Path> folders) {
    if (folders.size() < 2) {
      throw new SettingException(
          "compare: expected two runs or more, came " + folders.size() + ". Name their folders.");
    }
    return folders.stream().map(StoredRun::read).toList();
  }

  private static String differences(List<StoredRun> runs) {
    List<String> head = new ArrayList<>(List.of("setting"));
    runs.forEach(run -> head.add(run.name()));
    TextTable table = new TextTable(head);
    List<List<String>> rows = differing(runs);
    rows.forEach(table::add);
    return rows.isEmpty() ? "The settings are the same.\n" : table.text();
  }

  /** Rows of a setting and its value in each run, {@code –} where a run does not have it. */
  private static List<List<String>> differing(List<StoredRun> runs) {
    Set<String> names = new TreeSet<>();
    runs.forEach(run -> names.addAll(run.settings().keySet()));
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(name));
      runs.forEach(run -> row.add(Objects.requireNonNullElse(run.settings().get(name), "–")));
      if (row.stream().skip(1).distinct().count() > 1) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** A page of the runs' curves over each other, and of the settings in which they differ. */
  public static String page(List<Path> folders) {
    List<StoredRun> runs = read(folders);
    StringBuilder page = RunPage.begin("Comparison of " + runs.size() + " runs");
    page.append("<h1>Comparison of ").append(runs.size()).append(" runs</h1>\n<pre>");
    page.append(String.join("\n", table(runs).lines().map(Html::escape).toList()));
    page.append("</pre>\n<h2>Curves</h2>\n<p>");
    for (int i = 0; i < runs.size(); i++) {
      page.append(i == 0 ? "" : " · ")
          .append(i + 1)
          .append(": ")
          .append(Html.name(runs.get(i).name()));
    }
    page.append("</p>\n<div class=\"pair\">\n");
    if (Chart.possible()) {
      logs(runs).forEach(log -> curve(page, runs, log));
    } else {
      page.append("<p class=\"warn\">").append(RunPage.NO_FONTS).append("</p>\n");
    }
    page.append(
        "</div>\n<h2>Settings that differ</h2>\n<div class=\"scroll\"><table>\n<tr><th>setting");
    runs.forEach(run -> page.append("</th><th class=\"left\">").append(Html.name(run.name())));
    page.append("</th></tr>\n");
    for (List<String> row : differing(runs)) {
      page.append("<tr><td>").append(Html.name(row.get(0)));
      row.stream()
          .skip(1)
          .forEach(v -> page.append("</td><td class=\"left\">").append(Html.name(v)));
      page.append("</td></tr>\n");
    }
    return page.append("</table></div>\n</body>\n</html>\n").toString();
  }

  private static void curve(StringBuilder page, List<StoredRun> runs, String log) {
    Chart chart =
        Chart.of(
            "compare-" + log.replaceAll("[^A-Za-z0-9]+", "-"), Figures.plain(log), "epoch", "");
    for (int i = 0; i < runs.size(); i++) {
      double[] y =
          runs.get(i).epochs().stream()
              .mapToDouble(epoch -> epoch.getOrDefault(log, Double.NaN))
              .map(v -> Double.isFinite(v) ? v : Double.NaN)
              .toArray();
      double[] x = java.util.stream.IntStream.rangeClosed(1, y.length).asDoubleStream().toArray();
      if (java.util.Arrays.stream(y).anyMatch(v -> !Double.isNaN(v))) {
        // The fonts that draw may lack the letters of a name: the line above has the numbers.
        chart.line("run " + (i + 1), x, y);
      }
    }
    if (!chart.drawing().getSeriesMap().isEmpty()) {
      RunPage.figure(page, chart);
    }
  }
}
