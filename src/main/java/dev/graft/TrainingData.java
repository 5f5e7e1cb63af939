package dev.graft;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a network learns from: a recipe's {@code data} in Java. Immutable; every method gives
 * another. Relative paths start from the working folder.
 */
public final class TrainingData {
  private final Map<String, Object> recipe;

  private TrainingData(Map<String, Object> recipe) {
    this.recipe = recipe;
  }

  /** A folder of class folders; its {@code train}, {@code val} and {@code test} are recognised. */
  public static TrainingData folder(Path folder) {
    return of(Map.of("folder", folder.toString()));
  }

  /** A data set that Graft knows by name, such as {@code fashion-mnist-sample}. */
  public static TrainingData dataset(String name) {
    return of(Map.of("dataset", name, "part", "train"))
        .validation(Map.of("dataset", name, "part", "test"));
  }

  /** Arrays: (examples, …) and their labels. */
  public static TrainingData npy(Path x, Path y) {
    return of(Map.of("npy", java.util.List.of(x.toString(), y.toString())));
  }

  /** Any SOURCE of a recipe. */
  public static TrainingData of(Map<String, Object> source) {
    return new TrainingData(Map.of("train", source));
  }

  /** The same, validated with another folder of class folders. */
  public TrainingData validation(Path folder) {
    return validation(Map.of("folder", folder.toString()));
  }

  /** The same, validated with any SOURCE of a recipe. */
  public TrainingData validation(Map<String, Object> source) {
    return with("validation", source);
  }

  /**
   * The same, a part of it kept for validation.
   *
   * @param share 0 to 1, of every class alike
   * @param seed of the drawing
   */
  public TrainingData validationSplit(double share, long seed) {
    return with("validation", Map.of("split", share, "seed", seed, "stratify", true));
  }

  /** The same, scored once after the last stage with any SOURCE of a recipe. */
  public TrainingData test(Map<String, Object> source) {
    return with("test", source);
  }

  /** The same with pictures prepared so: a recipe's {@code image}. */
  public TrainingData image(Map<String, Object> settings) {
    return with("image", settings);
  }

  /** The same with training pictures varied so: a recipe's {@code augment}. */
  public TrainingData augment(Map<String, Object> settings) {
    return with("augment", settings);
  }

  private TrainingData with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(recipe);
    changed.put(key, value);
    return new TrainingData(changed);
  }

  Map<String, Object> recipe() {
    return recipe;
  }
}
