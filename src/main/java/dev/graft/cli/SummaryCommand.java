package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.model.Summary;
import dev.graft.recipe.LoadedModel;
import dev.graft.report.ModelPicture;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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
    return "MODEL [--json] [--plot FILE.svg]";
  }

  @Override
  public String example() {
    return "graft summary vgg16 --plot vgg16.svg";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.json());
    options.addOption(Console.value("plot", "FILE", "draws the network into an .svg file as well"));
    ModelOptions.weights(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1) {
      throw expected("one MODEL");
    }
    LoadedModel model =
        ModelOptions.open(line.getArgList().get(0), line, console.surroundings(line, null, null));
    if (line.hasOption("plot")) {
      plot(Path.of(line.getOptionValue("plot")), model.model());
    }
    Summary table = Summary.of(model.model());
    Map<String, Object> json = new LinkedHashMap<>(table.json());
    if (line.hasOption("weights")) {
      // Found out here, and not only once the model is used: whether they fit.
      json.put("load", model.report().plain());
    }
    console.out().print(line.hasOption("json") ? Json.pretty(json) : table.text());
    return 0;
  }

  private static void plot(Path file, Model model) {
    if (!file.toString().endsWith(".svg")) {
      throw new SettingException(
          "--plot " + file + ": the picture is an SVG file; expected a name that ends in .svg.");
    }
    ModelPicture.write(file, model);
  }
}
