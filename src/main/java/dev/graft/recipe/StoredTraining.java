package dev.graft.recipe;

import dev.graft.error.GraftException;
import dev.graft.keras.KerasFile;
import dev.graft.keras.OptimizerState;
import dev.graft.keras.WeightFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The training that a MODEL's file tells of: compile settings, and the optimizer's state, whose
 * values are read while this is open.
 */
public final class StoredTraining implements AutoCloseable {
  private final WeightFile weights;
  private final Compiled compiled;
  private final String problem;

  private StoredTraining(WeightFile weights, Compiled compiled, String problem) {
    this.weights = weights;
    this.compiled = compiled;
    this.problem = problem;
  }

  /** Opens what {@code model} tells of its training. */
  public static StoredTraining of(LoadedModel model, Surroundings around) {
    Path file = Path.of(model.name());
    if (Files.isDirectory(file)) {
      // A run keeps its optimizer's state in the archive alone.
      file = file.resolve(RunFolder.KERAS);
    }
    Compiled settings = new Compiled(model.compile(), null);
    if (model.compile() == null || !Files.isRegularFile(file)) {
      return new StoredTraining(null, settings, "it holds no optimizer state");
    }
    WeightFile weights = WeightFile.open(file);
    try {
      KerasFile keras = KerasFile.open(file, around.layers());
      OptimizerState state = keras.optimizer(weights);
      return new StoredTraining(
          weights,
          new Compiled(model.compile(), state),
          state == null ? "it holds no optimizer state" : null);
    } catch (GraftException e) {
      return new StoredTraining(weights, settings, e.getMessage());
    }
  }

  /** Settings and state; the state is null when there is a {@link #problem}. */
  public Compiled compiled() {
    return compiled;
  }

  /** Why there is no optimizer state; null when there is. */
  public String problem() {
    return problem;
  }

  @Override
  public void close() {
    if (weights != null) {
      weights.close();
    }
  }
}
