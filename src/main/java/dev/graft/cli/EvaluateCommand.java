package dev.graft.cli;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.data.Context;
import dev.graft.data.Dataset;
import dev.graft.data.Examples;
import dev.graft.data.Labels;
import dev.graft.data.Preparation;
import dev.graft.data.Source;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.network.Network;
import dev.graft.recipe.Assessment;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Surroundings;
import dev.graft.train.DataCheck;
import dev.graft.train.Objective;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft evaluate}: loss, metrics, figures by class and the confusion matrix. */
final class EvaluateCommand implements Command {
  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public String summary() {
    return "Measures a model on data with known answers.";
  }

  @Override
  public String usage() {
    return "MODEL --data SOURCE [options]";
  }

  @Override
  public String example() {
    return "graft evaluate runs/first --data fashion-mnist-sample";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Console.value("data", "SOURCE", "class folders, .csv, IDX or .npy pair, or a data set"));
    options.addOption(Console.flag("json", "as JSON"));
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1 || !line.hasOption("data")) {
      throw new SettingException("evaluate: expected a MODEL and --data. See: graft help evaluate");
    }
    Surroundings around = console.surroundings(line, null, null);
    LoadedModel model = ModelOptions.open(line.getArgList().get(0), line, around);
    Note note = ModelOptions.note(model, line);
    Dataset data = data(line.getOptionValue("data"), note.classes(), around);
    if (data.targets().isEmpty()) {
      throw new DataException(data.name() + ": it has no labels to compare with.");
    }
    boolean pictures = data.file(0) != null || note.image() != null;
    if (pictures) {
      ModelOptions.required(note, model);
    }
    Objective objective = Assessment.objective(model.model(), model.compile(), Labels.SPARSE);
    Labels labels = Assessment.labels(objective);
    try (Examples examples =
            data.prepare(
                new Preparation(pictures ? note.image() : null, labels), around.settings());
        Network network = model.network(around)) {
      DataCheck.check(
          "evaluate " + model.name() + ", " + data.name(), examples, model.model(), objective);
      List<Assessment.Result> results =
          Assessment.of(network, examples, objective, around.progress());
      console.out().print(line.hasOption("json") ? Json.pretty(json(results)) : text(results));
    }
    return 0;
  }

  private static String text(List<Assessment.Result> results) {
    if (results.size() == 1) {
      return results.get(0).evaluation().text();
    }
    StringBuilder text = new StringBuilder();
    for (Assessment.Result result : results) {
      text.append("output ").append(result.output()).append(": ");
      text.append(result.evaluation().text()).append('\n');
    }
    return text.toString();
  }

  /** Of several outputs: loss and metrics once, then the figures of each under its name. */
  private static Map<String, Object> json(List<Assessment.Result> results) {
    if (results.size() == 1) {
      return results.get(0).evaluation().json();
    }
    Map<String, Object> outputs = new LinkedHashMap<>();
    for (Assessment.Result result : results) {
      Map<String, Object> figures = result.evaluation().json();
      figures.keySet().removeAll(result.evaluation().metrics().keySet());
      outputs.put(result.output(), figures);
    }
    Map<String, Object> json = new LinkedHashMap<>(results.get(0).evaluation().metrics());
    json.put("outputs", outputs);
    return json;
  }

  private static Dataset data(String text, List<String> classes, Surroundings around) {
    Context context =
        Context.training(Path.of("").toAbsolutePath(), around.places(), around.progress())
            .as(Context.Role.TEST, classes);
    Config source = Config.of(SourceText.parse(text), "--data");
    Dataset data = Source.read(source, context);
    source.done();
    return data;
  }
}
