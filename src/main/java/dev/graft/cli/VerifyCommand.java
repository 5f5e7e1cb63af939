package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.export.Finding;
import dev.graft.export.Verification;
import dev.graft.layers.Layers;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft verify}: re-runs the inputs kept in what Graft wrote. */
final class VerifyCommand implements Command {
  @Override
  public String name() {
    return "verify";
  }

  @Override
  public String summary() {
    return "Re-runs the inputs kept in a model and compares what comes.";
  }

  @Override
  public String usage() {
    return "PATH [--json]";
  }

  @Override
  public String example() {
    return "graft verify runs/first";
  }

  @Override
  public Options options() {
    return new Options().addOption(Console.json());
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1) {
      throw expected("one PATH");
    }
    Path path = Path.of(line.getArgList().get(0));
    List<Finding> findings = new Verification(console.settings(line), Layers.standard()).of(path);
    PrintStream out = console.out();
    if (line.hasOption("json")) {
      out.print(Json.pretty(findings.stream().map(VerifyCommand::json).toList()));
    } else {
      findings.forEach(out::println);
    }
    long wrong = findings.stream().filter(finding -> !finding.good()).count();
    if (wrong > 0) {
      throw new DataException(
          path + ": " + wrong + " of " + findings.size() + " are not as they were written.");
    }
    return 0;
  }

  private static Map<String, Object> json(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("what", finding.what());
    json.put("ok", finding.good());
    json.put("detail", finding.detail());
    return json;
  }
}
