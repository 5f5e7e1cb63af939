package dev.graft.recipe;

import dev.graft.files.AtomicFiles;
import dev.graft.network.Network;
import dev.graft.train.History;
import dev.graft.train.Job;
import dev.graft.train.Position;
import java.util.List;

/** Fills a run folder: while training goes on, and when it is over. */
final class RunWriter implements Job.Saver {
  private final RunFolder folder;
  private final Recipe recipe;

  RunWriter(RunFolder folder, Recipe recipe) {
    this.folder = folder;
    this.recipe = recipe;
  }

  /** What is known before training. */
  void begin() {
    folder.json(RunFolder.RECIPE, recipe.resolved());
    List<String> classes = recipe.data().train().classes();
    if (!classes.isEmpty()) {
      AtomicFiles.string(folder.file("classes.txt"), String.join("\n", classes) + "\n");
    }
  }

  Position resume(History history) {
    return null;
  }

  @Override
  public void open(Network network, boolean restore) {}

  @Override
  public void save(Position position, History history) {
    folder.history(history);
  }

  /** The trained model in every form asked for. */
  void finish(Experiment experiment) {
    Network network = experiment.network();
    Prepared prepared = new Prepared(recipe.data().how().image(), recipe.data().train().classes());
    if (recipe.exports().contains("saved-model")) {
      Exports.savedModel(network, prepared).write(folder.file(RunFolder.SAVED_MODEL), 1);
    }
  }
}
