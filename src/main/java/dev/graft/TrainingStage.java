package dev.graft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One call of Keras's {@code compile} and {@code fit}: a recipe's stage in Java. Immutable; every
 * method gives another. What a stage leaves out it has from the stage before.
 */
public final class TrainingStage {
  private final Map<String, Object> recipe;

  private TrainingStage(Map<String, Object> recipe) {
    this.recipe = recipe;
  }

  /** A stage of that name with all still to be said. */
  public static TrainingStage named(String name) {
    return new TrainingStage(Map.of("name", name));
  }

  /** Passes over the examples. */
  public TrainingStage epochs(int epochs) {
    return with("epochs", epochs);
  }

  /** Examples a step. */
  public TrainingStage batchSize(int examples) {
    return with("batch_size", examples);
  }

  /** A Keras optimizer with a constant learning rate and Keras's other defaults. */
  public TrainingStage optimizer(String className, double learningRate) {
    return optimizer(className, Map.of("learning_rate", learningRate));
  }

  /** A Keras optimizer with its arguments. */
  public TrainingStage optimizer(String className, Map<String, Object> settings) {
    return with("optimizer", Map.of(className, settings));
  }

  /** A Keras loss by name, such as {@code categorical_crossentropy}. */
  public TrainingStage loss(String name) {
    return with("loss", name);
  }

  /** Keras metrics by name. */
  public TrainingStage metrics(String... names) {
    return with("metrics", List.of(names));
  }

  /** Freezes exactly these layers; see {@link KerasModel#freeze}. */
  public TrainingStage freeze(String... names) {
    return with("freeze", names.length == 1 ? names[0] : List.of(names));
  }

  /** Trains these layers too. */
  public TrainingStage unfreeze(String... names) {
    return with("unfreeze", List.of(names));
  }

  /** One more Keras callback with its arguments. */
  public TrainingStage callback(String className, Map<String, Object> settings) {
    List<Object> all = new ArrayList<>();
    if (recipe.get("callbacks") instanceof List<?> before) {
      all.addAll(before);
    }
    all.add(Map.of(className, settings));
    return with("callbacks", all);
  }

  /** Any other key of a recipe's stage. */
  public TrainingStage with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(recipe);
    changed.put(key, value);
    return new TrainingStage(changed);
  }

  Map<String, Object> recipe() {
    return recipe;
  }
}
