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
import dev.graft.report.Evaluation;
import dev.graft.train.DataCheck;
import dev.graft.train.Objective;
import java.nio.file.Path;
import java.util.List;
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
    Objective objective = Assessment.objective(model, Labels.SPARSE);
    Labels labels = Assessment.labels(objective);
    try (Examples examples =
            data.prepare(
                new Preparation(pictures ? note.image() : null, labels), around.settings());
        Network network = model.network(around)) {
      DataCheck.check(
          "evaluate " + model.name() + ", " + data.name(), examples, model.model(), objective);
      Evaluation evaluation =
          Assessment.of(network, examples, objective, around.progress()).evaluation();
      console
          .out()
          .print(line.hasOption("json") ? Json.pretty(evaluation.json()) : evaluation.text());
    }
    return 0;
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
