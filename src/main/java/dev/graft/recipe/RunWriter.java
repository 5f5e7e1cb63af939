package dev.graft.recipe;

import dev.graft.files.AtomicFiles;
import dev.graft.keras.CompileSettings;
import dev.graft.network.Network;
import dev.graft.train.History;
import dev.graft.train.Job;
import dev.graft.train.Metric;
import dev.graft.train.Objective;
import dev.graft.train.Position;
import dev.graft.train.Stage;
import java.util.ArrayList;
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
    if (!recipe.exports().isEmpty()) {
      Exports.in(folder.path(), recipe.exports(), 1).write(network, prepared, compiled());
    }
  }

  private CompileSettings compiled() {
    Stage stage = recipe.stages().get(recipe.stages().size() - 1).stage();
    List<Objective.Output> outputs = stage.objective().outputs();
    List<Object> losses = new ArrayList<>();
    List<Object> metrics = new ArrayList<>();
    for (Objective.Output output : outputs) {
      losses.add(output.loss().name());
      metrics.add(output.metrics().stream().map(Metric::name).toList());
    }
    boolean one = outputs.size() == 1;
    return new CompileSettings(
        stage.optimizer().className(),
        stage.optimizer().config(),
        one ? losses.get(0) : losses,
        one ? metrics.get(0) : metrics,
        null,
        null);
  }
}
