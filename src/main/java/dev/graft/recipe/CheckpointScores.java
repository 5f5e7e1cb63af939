package dev.graft.recipe;

import dev.graft.data.Examples;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.error.WeightException;
import dev.graft.network.Checkpoint;
import dev.graft.network.Network;
import dev.graft.network.Variable;
import dev.graft.train.Averages;
import dev.graft.train.Checkpoints;
import dev.graft.train.DataCheck;
import dev.graft.train.Evaluation;
import dev.graft.train.Position;
import dev.graft.train.Scoring;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How good the newest checkpoint of a run is, while the run may be going on in another process.
 *
 * <p>The network is built once for each stage; each checkpoint is read into it.
 */
public final class CheckpointScores implements AutoCloseable {
  private final Path folder;
  private final Recipe recipe;
  private final Surroundings around;
  private final boolean averages;
  private Network network;
  private int stage = -1;
  private Checkpoint reader;
  private Evaluation evaluation;
  private String last;

  /**
   * Scores a run.
   *
   * @param folder the run's, with a recipe in it
   * @param recipe the run's
   * @param averages takes the averages kept beside the weights in their place
   */
  public CheckpointScores(Path folder, Recipe recipe, Surroundings around, boolean averages) {
    this.folder = folder;
    this.recipe = recipe;
    this.around = around;
    this.averages = averages;
  }

  /** True when a run has begun in {@code folder}. */
  public static boolean begun(Path folder) {
    return Files.exists(folder.resolve(RunFolder.RECIPE));
  }

  /** Reads the recipe of the run in {@code folder}. */
  public static Recipe recipe(Path folder, Surroundings around) {
    return Recipe.read(RecipeFile.read(folder.resolve(RunFolder.RECIPE)), folder, around);
  }

  /** True once the run has ended: everything in its folder is written. */
  public boolean over() {
    return Files.exists(folder.resolve(dev.graft.export.Card.FILE));
  }

  /** The newest checkpoint, if there is one. */
  public Optional<Checkpoints.Found> newest() {
    return Checkpoints.latest(folder.resolve(RunFolder.CHECKPOINTS));
  }

  /** Loss and metrics of a checkpoint under Keras's names. */
  public record Scores(long step, Map<String, Double> values) {}

  /**
   * The scores of the newest checkpoint on {@code examples}; empty when there is none, or none
   * since this was asked before.
   */
  public Optional<Scores> next(Examples examples) {
    // The run deletes old checkpoints: one that goes away while it is read is no longer the newest.
    for (int tries = 0; ; tries++) {
      Optional<Checkpoints.Found> found = newest();
      if (found.isEmpty() || found.get().prefix().toString().equals(last)) {
        return Optional.empty();
      }
      try {
        prepare(found.get().position(), examples);
        reader.restore(found.get().prefix());
        last = found.get().prefix().toString();
        Map<String, Double> values =
            evaluation.score(examples, planned().stage().pace().validation().batchSize(), "");
        return Optional.of(new Scores(found.get().position().step(), values));
      } catch (WeightException | DataException e) {
        if (tries > 2
            || newest()
                .map(Checkpoints.Found::prefix)
                .equals(found.map(Checkpoints.Found::prefix))) {
          throw e;
        }
      }
    }
  }

  /** The examples a run validates with after the stage of the newest checkpoint, or null. */
  public Examples validation() {
    return newest().map(found -> recipe.data(found.position().stage()).validation()).orElse(null);
  }

  private StageReader.Planned planned() {
    return recipe.stages().get(stage);
  }

  private void prepare(Position position, Examples examples) {
    if (position.stage() == stage) {
      return;
    }
    close();
    stage = position.stage();
    network = Network.forInference(planned().model().model(), around.settings());
    Averages kept = planned().stage().averages();
    if (averages && kept == null) {
      throw new SettingException(
          "--ema: stage '"
              + planned().stage().name()
              + "' keeps no averages. Give it an 'ema', or leave --ema away.");
    }
    reader = new Checkpoint(network, network.variables(), this::nameInFile);
    DataCheck.check(
        "evaluate " + folder, examples, planned().model().model(), planned().stage().objective());
    evaluation =
        new Evaluation(
            network, new Scoring(network, network.inference(), planned().stage().objective()));
  }

  private String nameInFile(Variable variable) {
    return averages && variable.trainable()
        ? variable.name() + "/" + Averages.SUFFIX
        : variable.name();
  }

  @Override
  public void close() {
    if (network != null) {
      network.close();
      network = null;
    }
  }
}
