package dev.graft.cli;

import dev.graft.recipe.Experiment;
import dev.graft.recipe.Recipe;
import dev.graft.recipe.RecipeFile;
import dev.graft.recipe.RunFolder;
import dev.graft.recipe.RunFolder.Present;
import dev.graft.recipe.Surroundings;
import dev.graft.scale.Cluster;
import dev.graft.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft train}: runs a recipe, or makes one of options and runs it. */
final class TrainCommand implements Command {
  @Override
  public String name() {
    return "train";
  }

  @Override
  public String summary() {
    return "Trains a new head on a pretrained network, and fine-tunes it.";
  }

  @Override
  public String usage() {
    return "RECIPE [options]   or   graft train --data DIR [options]";
  }

  @Override
  public String example() {
    return "graft train --data photos --trunk vgg16 --weights vgg16_notop.h5 --head 256 --out"
        + " runs/a";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.value("out", "DIR", "the run folder (default: runs/NAME)"));
    options.addOption(
        Console.values("set", "KEY=VALUE", "overrides a recipe key, as in stages.0.epochs=1"));
    options.addOption(Console.flag("full", "the recipe's full size, where it has a smaller one"));
    options.addOption(Console.flag("resume", "go on with the run in --out"));
    options.addOption(
        Console.value(
            "checkpoint-every",
            "TIME",
            "also within an epoch, as in 30s or 5m (default 10m); epochs end with one, very short"
                + " ones not each"));
    options.addOption(Console.flag("overwrite", "replace the run in --out"));
    WorkerOptions.into(options);
    options.addOption(Console.json());
    RateOptions.into(options);
    TrainOptions.into(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    Cluster cluster = WorkerOptions.of(line, console);
    RecipeFile file = recipe(line);
    Surroundings around = console.surroundings(line, null, null).timed().with(cluster);
    Present present =
        // Worker 0 has the folder, on the same machine perhaps; the others leave it alone.
        line.hasOption("resume") || cluster.rank() > 0
            ? Present.RESUME
            : line.hasOption("overwrite") ? Present.OVERWRITE : Present.REFUSE;
    Path place = RunFolder.place(path(line, "out"), file.name(), present);
    if (!cluster.several()) {
      console.interrupt().watch();
    }
    try (Recipe recipe = Recipe.read(file, place, around);
        Experiment experiment = new Experiment(recipe, around)) {
      if (line.hasOption(RateOptions.FIND)) {
        return RateOptions.search(line, experiment, place, console);
      }
      around.progress().on(new dev.graft.progress.Progress.Message(recipe.opening()));
      // Of several workers the first has the folder.
      RunFolder folder = cluster.rank() > 0 ? null : RunFolder.open(place, present);
      if (line.hasOption("checkpoint-every") && folder != null) {
        folder = folder.checkpointed(Spans.of(line, "checkpoint-every"));
      }
      if (cluster.several()) {
        experiment.meet(folder, present == Present.RESUME);
        // Before, Ctrl-C ends a wait for others at once.
        console.interrupt().watch();
      }
      experiment.run(folder, present == Present.RESUME);
      return report(experiment, place, line, console, cluster.rank());
    }
  }

  private RecipeFile recipe(CommandLine line) {
    RecipeFile file;
    if (line.getArgList().isEmpty() && line.hasOption("data")) {
      file = new TrainOptions(line).recipe();
    } else if (line.getArgList().size() == 1) {
      file = RecipeFile.read(Path.of(line.getArgList().get(0)));
      if (line.hasOption("full")) {
        file = file.full();
      }
      file = TrainOptions.over(file, line);
      if (line.hasOption("seed")) {
        file = file.with("seed=" + Console.whole(line, "seed", 0));
      }
    } else {
      throw expected("one recipe, or --data with a folder of photos");
    }
    if (line.hasOption("set")) {
      for (String setting : line.getOptionValues("set")) {
        file = file.with(setting);
      }
    }
    return file;
  }

  private static Path path(CommandLine line, String option) {
    return line.hasOption(option) ? Path.of(line.getOptionValue(option)) : null;
  }

  private static int report(
      Experiment experiment, Path place, CommandLine line, Console console, int rank) {
    console.clear();
    if (experiment.end() == Trainer.End.INTERRUPTED) {
      console
          .err()
          .println(
              "graft: "
                  + experiment.stopped()
                  + " Go on with the same command and --out "
                  + place
                  + " --resume");
      return Main.INTERRUPTED;
    }
    if (rank > 0) {
      String text = "Results: with worker 0; this was worker " + rank;
      console.tell(line, Map.of("worker", rank), List.of(text));
      return 0;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", place.toString());
    Map<String, Double> best = new LinkedHashMap<>();
    experiment.best().forEach((name, value) -> best.put(name.replaceFirst("^best ", ""), value));
    json.put("best", best);
    json.put("test", experiment.test());
    List<String> lines = new ArrayList<>();
    experiment.best().forEach((name, value) -> lines.add(figure(name, value)));
    experiment.test().forEach((name, value) -> lines.add(figure(name, value)));
    lines.add("Results: " + place);
    lines.add("Next:");
    lines.add("  " + place.resolve("report.html") + "   the page to look at");
    lines.add("  graft evaluate " + place + " --data SOURCE   figures for each class");
    lines.add("  graft predict " + place + " PHOTO...         what is on a photo");
    lines.add("  saved_model/ in there is what TensorFlow Serving takes");
    console.tell(line, json, lines);
    return 0;
  }

  private static String figure(String name, double value) {
    return String.format(Locale.ROOT, "%s %.4f", name, value);
  }
}
