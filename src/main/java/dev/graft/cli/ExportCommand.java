package dev.graft.cli;

import dev.graft.error.SettingException;
import dev.graft.network.Network;
import dev.graft.recipe.Exports;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.StoredTraining;
import dev.graft.recipe.Surroundings;
import dev.graft.runtime.Settings;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft export}, also called {@code convert}: writes a model in another form. */
final class ExportCommand implements Command {
  private final String name;

  ExportCommand(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return name.equals("convert")
        ? "The same as export: old Keras files become new ones."
        : "Writes a model in another form: SavedModel, .keras, .h5, .json.";
  }

  @Override
  public String usage() {
    return "MODEL --as KIND[,KIND...] --out PATH [options]";
  }

  @Override
  public String example() {
    return name.equals("convert")
        ? "graft convert old.h5 --as keras --out new.keras"
        : "graft export runs/first --as saved-model --out serving/flowers --version 1";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.json());
    options.addOption(Console.value("as", "KINDS", "some of " + String.join(", ", Exports.KINDS)));
    options.addOption(
        Console.value("out", "PATH", "the file or folder; with several kinds a folder for them"));
    options.addOption(
        Console.value("version", "N", "puts a SavedModel into the numbered subfolder N"));
    options.addOption(
        Console.value("features", "LAYERS", "a SavedModel also gives these layers' outputs"));
    options.addOption(
        Console.flag(
            "freeze",
            "weights as constants, batch normalisation folded in (saved-model, graphdef)"));
    options.addOption(
        Console.value(
            "precision",
            "P",
            "bfloat16, float16: products computed and their weights kept in it (saved-model,"
                + " graphdef)"));
    options.addOption(
        Console.flag(
            "optimizer-state",
            "an .h5 holds it too: tf_keras trains on, Keras 3 cannot (.keras does)"));
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1 || !line.hasOption("as") || !line.hasOption("out")) {
      throw expected("MODEL, --as and --out");
    }
    List<String> kinds = List.of(line.getOptionValue("as").split(",", -1));
    Path out = Path.of(line.getOptionValue("out"));
    Settings asked = console.settings(line);
    // What a network computes while it is written, and the outputs kept with it, are float32.
    Surroundings around =
        console.surroundings(line, null, null).with(asked.in(Settings.Precision.FLOAT32));
    LoadedModel model = ModelOptions.open(line.getArgList().get(0), line, around);
    LoadedModel told = model.with(ModelOptions.note(model, line));
    Integer version =
        line.hasOption("version") ? Math.toIntExact(Console.whole(line, "version", 1)) : null;
    Exports exports = Exports.of(kinds, out, version).with(options(line, kinds, asked.precision()));
    try (Network network = told.network(around);
        StoredTraining trained = StoredTraining.of(model, around)) {
      warn(trained, kinds, exports.options(), console);
      exports
          .remarks(network.model(), trained.compiled())
          .forEach(said -> console.err().println("graft: " + said));
      exports.write(network, told.note(), trained.compiled());
    }
    Map<String, String> written = new LinkedHashMap<>();
    exports.paths().forEach((kind, path) -> written.put(kind, path.toString()));
    console.tell(
        line,
        written,
        written.entrySet().stream().map(one -> one.getKey() + " " + one.getValue()).toList());
    return 0;
  }

  /** Options that would do nothing are mistakes. */
  private static Exports.Options options(
      CommandLine line, List<String> kinds, Settings.Precision precision) {
    needs(line, kinds, "version", "saved-model");
    needs(line, kinds, "features", "saved-model");
    needs(line, kinds, "freeze", "saved-model", "graphdef");
    if (precision != Settings.Precision.FLOAT32) {
      needs(line, kinds, "precision", "saved-model", "graphdef");
    }
    needs(line, kinds, "optimizer-state", "h5", "keras");
    return new Exports.Options(
        line.hasOption("optimizer-state"),
        line.hasOption("features")
            ? List.of(line.getOptionValue("features").split(",", -1))
            : List.of(),
        line.hasOption("freeze"),
        precision);
  }

  private static void needs(
      CommandLine line, List<String> kinds, String option, String... withKinds) {
    if (line.hasOption(option) && Collections.disjoint(kinds, List.of(withKinds))) {
      throw new SettingException(
          "--"
              + option
              + ": it concerns "
              + String.join(" and ", withKinds)
              + ", which --as does not ask for. Remove it, or ask for "
              + withKinds[0]
              + ".");
    }
  }

  private static void warn(
      StoredTraining trained, List<String> kinds, Exports.Options options, Console console) {
    if (options.state() && trained.problem() != null) {
      throw new SettingException("--optimizer-state: " + trained.problem() + ".");
    }
    if (trained.problem() == null && kinds.contains("h5") && !options.state()) {
      console
          .err()
          .println(
              "graft: the optimizer's state is left out of the .h5, as Keras 3 could not train it"
                  + " on; --optimizer-state keeps it for tf_keras, and .keras has it");
    } else if (kinds.contains("keras")
        && trained.compiled().compile() != null
        && trained.compiled().optimizer() == null) {
      console.err().println("graft: without optimizer state: " + trained.problem());
    }
  }
}
