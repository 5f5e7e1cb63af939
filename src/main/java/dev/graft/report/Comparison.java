package dev.graft.report;

import dev.graft.error.SettingException;
import dev.graft.files.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Runs beside one another: what they came to, and the settings in which they differ.
 *
 * @param runs two or more
 */
public record Comparison(List<StoredRun> runs) {
  /** Copies. */
  public Comparison {
    runs = List.copyOf(runs);
  }

  /** Reads the run folders {@code folders}. */
  public static Comparison of(List<Path> folders) {
    if (folders.size() < 2) {
      throw new SettingException(
          "compare: expected two runs or more, came " + folders.size() + ". Name their folders.");
    }
    List<StoredRun> runs = new ArrayList<>(folders.stream().map(StoredRun::read).toList());
    Set<String> names = new HashSet<>();
    runs.forEach(run -> names.add(run.name()));
    if (names.size() < runs.size()) {
      // Two folders of one name: their paths tell them apart.
      runs.replaceAll(run -> run.named(folders.get(runs.indexOf(run)).toString()));
    }
    return new Comparison(runs);
  }

  /** The best figures, and the settings that differ, as text. */
  public String text() {
    List<String> head = new ArrayList<>(List.of("setting"));
    runs.forEach(run -> head.add(run.name()));
    TextTable table = new TextTable(head);
    List<List<String>> rows = differing();
    rows.forEach(table::add);
    return Runs.table(runs)
        + "\n"
        + (rows.isEmpty() ? "The settings are the same.\n" : table.text());
  }

  /** As {@code compare --json} prints it: {@code {runs: […], differences: {SETTING: […]}}}. */
  public Map<String, Object> json() {
    Map<String, Object> differences = new LinkedHashMap<>();
    for (List<String> row : differing()) {
      differences.put(row.get(0), row.subList(1, row.size()));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("runs", runs.stream().map(run -> Runs.json(run, Runs.logs(runs))).toList());
    json.put("differences", differences);
    return json;
  }

  /** Rows of a setting and its value in each run, {@code –} where a run does not have it. */
  private List<List<String>> differing() {
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

  /** Writes {@link #page} to {@code file}, and its figures beside it as PNG and SVG. */
  public void write(Path file) {
    String stem = file.getFileName().toString().replaceFirst("\\.html$", "");
    for (Chart chart : curves()) {
      Path name = file.resolveSibling(stem + "-" + chart.name());
      AtomicFiles.string(name.resolveSibling(name.getFileName() + ".svg"), chart.svg());
      AtomicFiles.bytes(name.resolveSibling(name.getFileName() + ".png"), chart.png().png());
    }
    AtomicFiles.string(file, page());
  }

  /** A page of the curves over each other, the best figures, and the settings that differ. */
  String page() {
    String title = "Comparison of " + runs.size() + " runs";
    StringBuilder page = RunPage.begin(title).append("<h1>").append(title).append("</h1>\n");
    figures(page);
    page.append("<h2>Curves</h2>\n");
    List<Chart> curves = curves();
    if (!Chart.possible()) {
      page.append("<p class=\"warn\">").append(RunPage.NO_FONTS).append("</p>\n");
    } else if (curves.isEmpty()) {
      page.append("<p>No epoch was finished, so there are no curves.</p>\n");
    }
    page.append("<div class=\"pair\">\n");
    curves.forEach(chart -> RunPage.figure(page, chart));
    page.append("</div>\n<h2>Settings that differ</h2>\n");
    List<List<String>> rows = differing();
    if (rows.isEmpty()) {
      return page.append("<p>None.</p>\n</body>\n</html>\n").toString();
    }
    page.append("<div class=\"scroll\"><table>\n<tr><th>setting");
    runs.forEach(run -> page.append("</th><th class=\"left\">").append(Html.name(run.name())));
    page.append("</th></tr>\n");
    for (List<String> row : rows) {
      page.append("<tr><td>").append(Html.name(row.get(0)));
      row.stream()
          .skip(1)
          .forEach(v -> page.append("</td><td class=\"left\">").append(Html.name(v)));
      page.append("</td></tr>\n");
    }
    return page.append("</table></div>\n</body>\n</html>\n").toString();
  }

  private void figures(StringBuilder page) {
    Set<String> logs = Runs.logs(runs);
    Set<String> tests = new LinkedHashSet<>();
    runs.forEach(run -> tests.addAll(run.metrics().keySet()));
    tests.removeIf(name -> !name.startsWith("test_"));
    page.append("<div class=\"scroll\"><table>\n<tr><th>run</th><th>epochs</th><th>time</th>");
    logs.forEach(log -> page.append("<th>best ").append(Html.escape(log)).append("</th>"));
    tests.forEach(test -> page.append("<th>").append(Html.escape(test)).append("</th>"));
    page.append("</tr>\n");
    for (int i = 0; i < runs.size(); i++) {
      StoredRun run = runs.get(i);
      page.append("<tr><td>").append(i + 1).append(": ").append(Html.name(run.name()));
      page.append(run.finished() ? "" : " <span class=\"soft\">(not finished)</span>");
      page.append("</td><td>").append(run.epochs().size()).append("</td><td>");
      page.append(Figures.seconds(run.seconds())).append("</td>");
      logs.forEach(log -> page.append("<td>" + Runs.figure(run.best(log)) + "</td>"));
      tests.forEach(
          test ->
              page.append("<td>")
                  .append(Runs.figure(run.metrics().getOrDefault(test, Double.NaN)))
                  .append("</td>"));
      page.append("</tr>\n");
    }
    page.append("</table></div>\n");
  }

  private List<Chart> curves() {
    if (!Chart.possible()) {
      return List.of();
    }
    return Runs.logs(runs).stream().map(this::curve).filter(Objects::nonNull).toList();
  }

  private Chart curve(String log) {
    String name = "curve-" + log.replaceAll("[^A-Za-z0-9]+", "-");
    Chart chart = Chart.of(name, Figures.plain(log), "epoch", "");
    int longest = 1;
    for (int i = 0; i < runs.size(); i++) {
      double[] y =
          runs.get(i).epochs().stream()
              .mapToDouble(epoch -> epoch.getOrDefault(log, Double.NaN))
              .map(v -> Double.isFinite(v) ? v : Double.NaN)
              .toArray();
      double[] x = IntStream.rangeClosed(1, y.length).asDoubleStream().toArray();
      longest = Math.max(longest, y.length);
      if (Arrays.stream(y).anyMatch(v -> !Double.isNaN(v))) {
        // The fonts that draw may lack the letters of a name: the table above has the numbers.
        chart.line("run " + (i + 1), x, y);
      }
    }
    if (!chart.has(1)) {
      return null;
    }
    Curves.epochs(chart, longest);
    return chart;
  }
}
