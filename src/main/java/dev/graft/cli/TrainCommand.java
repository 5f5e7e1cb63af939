package dev.graft.cli;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.recipe.Experiment;
import dev.graft.recipe.Recipe;
import dev.graft.recipe.Surroundings;
import dev.graft.train.History;
import dev.graft.train.Position;
import java.nio.file.Path;
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
    return "RECIPE [options] | train --data DIR [options]";
  }

  @Override
  public String example() {
    return "graft train graphs/quickstart.json --out runs/first";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.value("out", "DIR", "the run folder"));
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1) {
      throw new SettingException("train: expected one recipe. See: graft help train");
    }
    Path file = Path.of(line.getArgList().get(0));
    Surroundings around = console.surroundings(line, null, null);
    try (Recipe recipe = Recipe.read(Config.read(file), file.toAbsolutePath().getParent(), around);
        Experiment experiment = new Experiment(recipe, around, null)) {
      experiment.run(Position.start(0, 0, 0), new History());
    }
    return 0;
  }
}
