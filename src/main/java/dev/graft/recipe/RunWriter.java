package dev.graft.recipe;

import dev.graft.network.Network;
import dev.graft.train.History;
import dev.graft.train.Job;
import dev.graft.train.Position;
import java.util.List;

/** Fills a run folder: while training goes on, and when it is over. */
final class RunWriter implements Job.Saver {
  private final RunFolder folder;

  RunWriter(RunFolder folder) {
    this.folder = folder;
  }

  /** What is known before training. */
  void begin(Recipe recipe) {
    folder.json(RunFolder.RECIPE, recipe.resolved());
    List<String> classes = recipe.data().train().classes();
    if (!classes.isEmpty()) {
      dev.graft.files.AtomicFiles.string(
          folder.file("classes.txt"), String.join("\n", classes) + "\n");
    }
  }

  @Override
  public void open(Network network, boolean restore) {}

  @Override
  public void save(Position position, History history) {
    folder.history(history);
  }
}
