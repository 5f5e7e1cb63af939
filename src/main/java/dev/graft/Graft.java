package dev.graft;

import dev.graft.fetch.Places;
import dev.graft.keras.LoadOptions;
import dev.graft.layers.Layers;
import dev.graft.progress.Progress;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Predictor;
import dev.graft.recipe.Recipe;
import dev.graft.recipe.RecipeFile;
import dev.graft.recipe.Surroundings;
import dev.graft.runtime.Settings;
import dev.graft.train.Additions;
import java.nio.file.Path;

/**
 * The way in from Java.
 *
 * <pre>{@code
 * Graft graft = Graft.standard();
 * RecipeFile recipe = RecipeFile.read(Path.of("graphs/quickstart.json")).with("stages.0.epochs=3");
 * try (Run run = graft.train(recipe, Path.of("runs/first"))) {
 *   System.out.println(run.history().values("val_accuracy"));
 * }
 * try (Predictor predictor = graft.load("runs/first")) {
 *   System.out.println(predictor.pictures(List.of(Path.of("photo.jpg"))).get(0).guesses().get(0));
 * }
 * }</pre>
 *
 * @param settings threads, device and precision
 * @param layers the layers known; add your own with {@link Layers#with}
 * @param additions losses, metrics and callbacks of your own, by the names recipes call them by
 * @param progress who listens to long work
 */
public record Graft(Settings settings, Layers layers, Additions additions, Progress progress) {
  /** The CPU, all processors, Keras's layers, silent. */
  public static Graft standard() {
    return new Graft(Settings.standard(), Layers.standard(), Additions.NONE, Progress.NONE);
  }

  /** The same with another listener. */
  public Graft with(Progress listener) {
    return new Graft(settings, layers, additions, listener);
  }

  /** The same with other layers. */
  public Graft with(Layers known) {
    return new Graft(settings, known, additions, progress);
  }

  /** The same with losses, metrics and callbacks of your own. */
  public Graft with(Additions own) {
    return new Graft(settings, layers, own, progress);
  }

  /** The same with other threads, device or precision. */
  public Graft with(Settings other) {
    return new Graft(other, layers, additions, progress);
  }

  /**
   * Opens a model for prediction.
   *
   * @param model a {@code .h5} or {@code .keras} file, or a run folder
   * @throws dev.graft.error.GraftException naming the file and what is wrong with it
   */
  public Predictor load(String model) {
    Surroundings around = around();
    LoadedModel loaded = LoadedModel.open(model, null, LoadOptions.strict(), around);
    return new Predictor(loaded.network(around), loaded.note(), around);
  }

  /**
   * Runs a recipe into a run folder.
   *
   * @param folder new or empty
   * @throws dev.graft.error.GraftException naming the place in the recipe, or the file
   */
  public Run train(RecipeFile recipe, Path folder) {
    Surroundings around = around();
    return Run.of(Recipe.read(recipe, folder, around), folder, around);
  }

  private Surroundings around() {
    Places places = Places.standard(null, null, null, System.getenv());
    return new Surroundings(places, settings, layers, additions, progress, () -> false);
  }
}
