package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.network.Network;
import java.util.List;
import java.util.Map;

/**
 * Hears of training as it goes, and may steer it. State that a restart must not lose goes through
 * {@link #state} and {@link #restore}, or into variables added by {@link #prepare}.
 */
public interface Callback {
  /** Before anything is run; may add variables to the network, which checkpoints then hold. */
  default void prepare(Network network) {}

  /** Before the first epoch of the stage, and again after a restart. */
  default void onTrainBegin(Training training) {}

  /** Before epoch {@code epoch}, counted from 0. */
  default void onEpochBegin(Training training, int epoch) {}

  /** After a training step; {@code logs} holds the running loss and metrics of the epoch. */
  default void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {}

  /**
   * After a step whose loss was not finite, which changed nothing. Training fails with {@code
   * reason} unless a callback stops it.
   */
  default void onBadLoss(Training training, String reason) {}

  /** After epoch {@code epoch}; {@code logs} may be added to and goes into the history. */
  default void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {}

  /** After the last epoch of the stage. */
  default void onTrainEnd(Training training) {}

  /** Names it adds to the logs of an epoch, so that other callbacks may watch them. */
  default List<String> logs() {
    return List.of();
  }

  /** True when all it does is write files: of several workers only the first has it then. */
  default boolean writes() {
    return false;
  }

  /** What it remembers, as plain data for JSON. */
  default Map<String, Object> state() {
    return Map.of();
  }

  /** Goes on from what {@link #state} gave; called after {@link #onTrainBegin}. */
  default void restore(Config state) {}

  /** A callback that does {@code action} after every epoch. */
  static Callback everyEpoch(EpochAction action) {
    return new Callback() {
      @Override
      public void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {
        action.after(training, epoch, logs);
      }
    };
  }

  /** A callback that does {@code action} after every step. */
  static Callback everyStep(StepAction action) {
    return new Callback() {
      @Override
      public void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {
        action.after(training, batch, logs);
      }
    };
  }

  /** What {@link #everyEpoch} does, as {@link #onEpochEnd}. */
  @FunctionalInterface
  interface EpochAction {
    /** After epoch {@code epoch}, counted from 0. */
    void after(Training training, int epoch, Map<String, Double> logs);
  }

  /** What {@link #everyStep} does, as {@link #onTrainBatchEnd}. */
  @FunctionalInterface
  interface StepAction {
    /** After step {@code batch} of an epoch, counted from 0. */
    void after(Training training, long batch, Map<String, Double> logs);
  }
}
