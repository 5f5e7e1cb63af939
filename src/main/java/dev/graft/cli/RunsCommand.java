package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.report.Runs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft runs}: the runs of a folder with their best figures. */
final class RunsCommand implements Command {
  private static final String USUAL = "runs";

  @Override
  public String name() {
    return "runs";
  }

  @Override
  public String summary() {
    return "Lists runs with their best figures.";
  }

  @Override
  public String usage() {
    return "[FOLDER] [--json]     FOLDER holds run folders (default: runs)";
  }

  @Override
  public String example() {
    return "graft runs --json";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.json());
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() > 1) {
      throw expected("one folder at most");
    }
    Path folder = Path.of(line.getArgList().isEmpty() ? USUAL : line.getArgList().get(0));
    if (!line.getArgList().isEmpty() && !Files.isDirectory(folder)) {
      throw new DataException(folder + ": there is no such folder.");
    }
    Runs runs = Runs.in(folder);
    runs.unreadable().forEach(reason -> console.err().println("graft: left out: " + reason));
    console.out().print(line.hasOption("json") ? Json.pretty(runs.json()) : runs.text());
    return 0;
  }
}
