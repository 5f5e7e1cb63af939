package dev.graft;

import dev.graft.fetch.Places;
import dev.graft.keras.KerasFile;
import dev.graft.keras.LoadOptions;
import dev.graft.layers.Layers;
import dev.graft.model.Applications;
import dev.graft.progress.Progress;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Predictor;
import dev.graft.recipe.Recipe;
import dev.graft.recipe.RecipeFile;
import dev.graft.recipe.Surroundings;
import dev.graft.runtime.KernelThreads;
import dev.graft.runtime.Settings;
import dev.graft.train.Additions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The way in from Java.
 *
 * <pre>{@code
 * Graft graft = Graft.standard();
 * KerasModel model =
 *     graft.load(Path.of("vgg16.h5")).cut("block5_pool")
 *         .head(flatten(), dense(256, "relu"), dropout(0.5), classes("softmax")).freeze("trunk");
 * TrainingStage head = TrainingStage.named("head").optimizer("Adam", 1e-4)
 *     .loss("categorical_crossentropy").metrics("accuracy").epochs(10).batchSize(32);
 * try (Run run = graft.train(model, TrainingData.folder(Path.of("photos")), Path.of("runs/first"), head)) {
 *   System.out.println(run.history().values("val_accuracy"));
 * }
 * try (Predictor predictor = graft.open("runs/first")) {
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
  /** Asks for the threads of the settings: the first session of a process decides. */
  public Graft {
    KernelThreads.want(settings.threads());
  }

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
   * A Keras network from a file, to cut, graft and train.
   *
   * @param file a whole model: {@code .h5}, {@code .hdf5} or {@code .keras}; or an architecture,
   *     {@code .json}, with {@link KerasModel#weights}
   * @throws dev.graft.error.GraftException naming the file and what is wrong with it
   */
  public KerasModel load(Path file) {
    return KerasModel.of(file, KerasFile.open(file, layers).model());
  }

  /** One of Keras's applications by name, such as {@code vgg16}, with its ImageNet weights. */
  public KerasModel application(String name) {
    Applications.Application application = Applications.named(name, "application");
    return KerasModel.application(application.name(), application.whole(1000));
  }

  /**
   * Opens a model for prediction.
   *
   * @param model a {@code .h5} or {@code .keras} file, or a run folder
   * @throws dev.graft.error.GraftException naming the file and what is wrong with it
   */
  public Predictor open(String model) {
    Surroundings around = around();
    LoadedModel loaded = LoadedModel.open(model, null, LoadOptions.strict(), around);
    return new Predictor(loaded.network(around), loaded.note(), around);
  }

  /**
   * Trains {@code model} on {@code data}, stage after stage, into a run folder.
   *
   * @param folder new or empty; its recipe.json repeats the run
   * @throws dev.graft.error.GraftException naming the setting, or the file
   */
  public Run train(KerasModel model, TrainingData data, Path folder, TrainingStage... stages) {
    List<Object> all = new ArrayList<>();
    for (TrainingStage stage : stages) {
      boolean first = all.isEmpty() && model.frozen() != null;
      boolean own = stage.recipe().containsKey("freeze");
      all.add((first && !own ? stage.with("freeze", model.frozen()) : stage).recipe());
    }
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("graft", 1);
    recipe.put("name", RecipeFile.nameOf(folder));
    recipe.put("model", model.recipe());
    recipe.put("data", data.recipe());
    recipe.put("stages", all);
    return train(RecipeFile.of(recipe, Path.of("").toAbsolutePath(), "train"), folder);
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
