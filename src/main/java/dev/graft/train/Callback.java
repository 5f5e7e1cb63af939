package dev.graft.train;

import java.util.Map;

/**
 * Hears of training as it goes, and may steer it. State that a restart must not lose goes through
 * {@link #state} and {@link #restore}.
 */
public interface Callback {
  /** Before the first epoch of the stage. */
  default void onTrainBegin(Training training) {}

  /** Before epoch {@code epoch}, counted from 0. */
  default void onEpochBegin(Training training, int epoch) {}

  /** After a training step; {@code logs} holds the running loss and metrics of the epoch. */
  default void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {}

  /** After epoch {@code epoch}; {@code logs} may be added to and goes into the history. */
  default void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {}

  /** After the last epoch of the stage. */
  default void onTrainEnd(Training training) {}

  /** What it remembers, as plain data for JSON. */
  default Map<String, Object> state() {
    return Map.of();
  }

  /** Goes on from what {@link #state} gave. */
  default void restore(Map<String, Object> state) {}
}
