package dev.graft;

import dev.graft.network.Network;
import dev.graft.recipe.Experiment;
import dev.graft.recipe.Recipe;
import dev.graft.recipe.RunFolder;
import dev.graft.recipe.Surroundings;
import dev.graft.train.History;
import java.nio.file.Path;
import java.util.Map;

/** A finished training run: its network, its history, its folder. Close it to free memory. */
public final class Run implements AutoCloseable {
  private final Recipe recipe;
  private final Experiment experiment;
  private final Path folder;

  private Run(Recipe recipe, Experiment experiment, Path folder) {
    this.recipe = recipe;
    this.experiment = experiment;
    this.folder = folder;
  }

  static Run of(Recipe recipe, Path folder, Surroundings around) {
    Experiment experiment = new Experiment(recipe, around);
    try {
      Path place = RunFolder.place(folder, recipe.name(), RunFolder.Present.REFUSE);
      experiment.run(RunFolder.open(place, RunFolder.Present.REFUSE), false);
      return new Run(recipe, experiment, place);
    } catch (RuntimeException e) {
      experiment.close();
      recipe.close();
      throw e;
    }
  }

  /** The trained network. */
  public Network network() {
    return experiment.network();
  }

  /** What every epoch came to. */
  public History history() {
    return experiment.history();
  }

  /** Loss and metrics on the test data; empty without any. */
  public Map<String, Double> test() {
    return experiment.test();
  }

  /** Where everything was written. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    experiment.close();
    recipe.close();
  }
}
