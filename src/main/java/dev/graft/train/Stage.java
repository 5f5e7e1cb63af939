package dev.graft.train;

import dev.graft.error.SettingException;
import java.util.List;
import java.util.Map;

/**
 * One call of Keras's {@code compile} and {@code fit}.
 *
 * @param name for logs
 * @param objective losses and metrics
 * @param optimizer with its learning rate
 * @param epochs Keras's end index: training runs epochs {@code initialEpoch} to {@code epochs} − 1
 * @param batchSize examples a step
 * @param validationBatchSize examples a run when validating
 * @param shuffle whether the order of examples is drawn anew for each epoch
 * @param classWeight weight of the examples of each class, or empty
 * @param cache whether outputs of the frozen part are kept
 * @param callbacks told of every epoch, in order
 */
public record Stage(
    String name,
    Objective objective,
    Optimizer optimizer,
    int initialEpoch,
    int epochs,
    int batchSize,
    int validationBatchSize,
    boolean shuffle,
    Map<Integer, Double> classWeight,
    Cache cache,
    List<Callback> callbacks) {
  /** Where the frozen part's outputs are kept. */
  public enum Cache {
    AUTO,
    MEMORY,
    DISK,
    OFF
  }

  /** Checks the numbers. */
  public Stage {
    if (batchSize < 1 || validationBatchSize < 1) {
      throw new SettingException(
          "stage '" + name + "': batch_size: expected at least 1, came " + batchSize + ".");
    }
    if (epochs < initialEpoch || initialEpoch < 0) {
      throw new SettingException(
          "stage '"
              + name
              + "': epochs is the end index: expected at least initial_epoch "
              + initialEpoch
              + ", came "
              + epochs
              + ".");
    }
    classWeight = Map.copyOf(classWeight);
    callbacks = List.copyOf(callbacks);
  }

  /** True when examples carry weights. */
  boolean weighted() {
    return !classWeight.isEmpty();
  }
}
