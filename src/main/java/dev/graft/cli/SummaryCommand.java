package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.model.Summary;
import dev.graft.recipe.LoadedModel;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft summary}: Keras's table of a model. No native library is loaded. */
final class SummaryCommand implements Command {
  @Override
  public String name() {
    return "summary";
  }

  @Override
  public String summary() {
    return "Prints Keras's table of a model: layers, shapes, parameters.";
  }

  @Override
  public String usage() {
    return "MODEL [--json]";
  }

  @Override
  public String example() {
    return "graft summary vgg16";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.flag("json", "as JSON"));
    ModelOptions.weights(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1) {
      throw new SettingException("summary: expected one MODEL. See: graft help summary");
    }
    LoadedModel model =
        ModelOptions.open(line.getArgList().get(0), line, console.surroundings(line, null, null));
    Summary table = Summary.of(model.model());
    console.out().print(line.hasOption("json") ? Json.pretty(table.json()) : table.text());
    return 0;
  }
}
