package dev.graft.cli;

import dev.graft.error.SettingException;
import dev.graft.network.Network;
import dev.graft.recipe.Exports;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Surroundings;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft export}: writes a model in another form. */
final class ExportCommand implements Command {
  @Override
  public String name() {
    return "export";
  }

  @Override
  public String summary() {
    return "Writes a model in another form: SavedModel, .keras, .h5.";
  }

  @Override
  public String usage() {
    return "MODEL --as KIND[,KIND...] --out PATH [options]";
  }

  @Override
  public String example() {
    return "graft export runs/first --as saved-model --out serving/flowers --version 1";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.value("as", "KINDS", "some of " + String.join(", ", Exports.KINDS)));
    options.addOption(
        Console.value("out", "PATH", "the file or folder; with several kinds a folder for them"));
    options.addOption(
        Console.value("version", "N", "puts a SavedModel into the numbered subfolder N"));
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1 || !line.hasOption("as") || !line.hasOption("out")) {
      throw new SettingException("export: expected MODEL, --as and --out. See: graft help export");
    }
    List<String> kinds = List.of(line.getOptionValue("as").split(",", -1));
    Path out = Path.of(line.getOptionValue("out"));
    Surroundings around = console.surroundings(line, null, null);
    LoadedModel model = ModelOptions.open(line.getArgList().get(0), line, around);
    LoadedModel told = model.with(ModelOptions.note(model, line));
    Integer version =
        line.hasOption("version") ? Math.toIntExact(Console.whole(line, "version", 1)) : null;
    Exports exports = Exports.of(kinds, out, version);
    try (Network network = told.network(around)) {
      exports.write(network, told.note(), told.compile());
    }
    exports.paths().forEach((kind, path) -> console.out().println(kind + " " + path));
    return 0;
  }
}
