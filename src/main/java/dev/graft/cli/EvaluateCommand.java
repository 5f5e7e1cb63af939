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
import dev.graft.recipe.Recipe;
import dev.graft.recipe.Surroundings;
import dev.graft.train.DataCheck;
import dev.graft.train.Objective;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
    return "MODEL --data SOURCE [options]   or   graft evaluate RUN --watch [--interval 10s]";
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
    options.addOption(SourceText.folder());
    options.addOption(
        Console.value("label", "COLUMN", "the column of a .csv that has the answers"));
    options.addOption(Console.json());
    options.addOption(
        Console.flag("watch", "scores each new checkpoint of a run until the run is over"));
    options.addOption(
        Console.value("interval", "TIME", "between two looks with --watch (default 10s)"));
    options.addOption(
        Console.flag("ema", "a run's newest checkpoint, with the averages that 'ema' keeps"));
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.hasOption("watch") || line.hasOption("ema")) {
      return watch(line, console);
    }
    if (line.hasOption("interval")) {
      throw new SettingException("--interval: it goes with --watch. Add that, or leave it away.");
    }
    if (line.getArgList().size() != 1 || !line.hasOption("data")) {
      throw expected("a MODEL and --data");
    }
    Surroundings around = console.surroundings(line, null, null);
    LoadedModel model = ModelOptions.open(line.getArgList().get(0), line, around);
    Note note = ModelOptions.note(model, line);
    Objective objective = Assessment.objective(model, Labels.SPARSE);
    Labels labels = Assessment.labels(objective);
    String text = line.getOptionValue("data");
    boolean table = text.endsWith(".csv") && TableText.fits(model.model());
    if (line.hasOption("label") && !table) {
      throw new SettingException(
          "--label: it names a column of a .csv for a model that takes no pictures.");
    }
    if (table) {
      SourceText.refuseFolder(line);
    }
    Map<String, Object> source =
        table
            ? TableText.source(Path.of(text), model.model(), line.getOptionValue("label"), labels)
            : SourceText.parse(line);
    Dataset data =
        data(source, note.classes(), around).fitted(Examples.Field.inputsOf(model.model()));
    if (data.targets().isEmpty()) {
      throw new DataException(data.name() + ": it has no labels to compare with.");
    }
    boolean pictures = data.file(0) != null || note.image() != null;
    if (pictures) {
      ModelOptions.required(note, model);
    }
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

  /** Scores the checkpoints of a run, with the examples it validates with or others. */
  private static int watch(CommandLine line, Console console) {
    if (line.getArgList().size() != 1 || line.hasOption("json")) {
      throw new SettingException(
          "evaluate: --watch and --ema take one run folder, and print lines, no JSON.");
    }
    Surroundings around = console.surroundings(line, null, null);
    Duration interval =
        line.hasOption("interval") ? Spans.of(line, "interval") : Duration.ofSeconds(10);
    Function<Recipe, Examples> own =
        line.hasOption("data") ? recipe -> examples(line, recipe, around) : null;
    Watch.Settings settings =
        new Watch.Settings(line.hasOption("watch") ? interval : null, line.hasOption("ema"), own);
    return new Watch(Path.of(line.getArgList().get(0)), console, around, settings).run();
  }

  private static Examples examples(CommandLine line, Recipe recipe, Surroundings around) {
    Preparation how = recipe.data().how();
    return data(SourceText.parse(line), recipe.data().train().classes(), around)
        .prepare(new Preparation(how.image(), how.labels()), around.settings());
  }

  private static Dataset data(
      Map<String, Object> parsed, List<String> classes, Surroundings around) {
    Context context =
        Context.training(Path.of("").toAbsolutePath(), around.places(), around.progress())
            .as(Context.Role.TEST, classes);
    Config source = Config.of(parsed, "--data");
    Dataset data = Source.read(source, context);
    source.done();
    return data;
  }
}
