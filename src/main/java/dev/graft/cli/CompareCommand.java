package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.report.Comparison;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft compare}: how runs differ, in their settings and in what they came to. */
final class CompareCommand implements Command {
  @Override
  public String name() {
    return "compare";
  }

  @Override
  public String summary() {
    return "Puts runs beside each other: best figures, settings that differ, curves.";
  }

  @Override
  public String usage() {
    return "RUN RUN... [--out FILE.html] [--json]";
  }

  @Override
  public String example() {
    return "graft compare runs/first runs/second --out compare.html";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Console.value(
            "out", "FILE", "a page with the curves over each other; its figures beside it"));
    options.addOption(Console.json());
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    List<Path> folders = line.getArgList().stream().map(Path::of).toList();
    Comparison comparison = Comparison.of(folders);
    if (line.hasOption("out")) {
      Path out = Path.of(line.getOptionValue("out"));
      if (!out.toString().endsWith(".html")) {
        throw new SettingException("--out " + out + ": expected a name that ends in .html.");
      }
      comparison.write(out);
    }
    console
        .out()
        .print(line.hasOption("json") ? Json.pretty(comparison.json()) : comparison.text());
    if (!line.hasOption("json")) {
      String page = line.getOptionValue("out");
      console
          .out()
          .println("\nCurves: " + (page == null ? "add --out FILE.html for a page of them" : page));
    }
    return 0;
  }
}
