package dev.graft.progress;

import java.util.Map;
import java.util.function.BooleanSupplier;

/** Listens to long work. All methods may be called from one thread at a time only. */
public interface Progress {
  /** Listens to nothing. */
  Progress NONE = event -> {};

  /** Hears one event. */
  void on(Event event);

  /**
   * The same listener, which ends the work at the next {@link Advanced} once {@code wished} says
   * so: by a {@link dev.graft.error.StoppedException} that tells how far the work has come.
   */
  default Progress until(BooleanSupplier wished) {
    return new Stoppable(this, wished);
  }

  /** Something long work says. */
  sealed interface Event
      permits PhaseStarted, Advanced, PhaseEnded, EpochStarted, EpochEnded, Message, Spent {}

  /**
   * A phase begins.
   *
   * @param name what is done, as a person would say it: {@code "features"}, {@code "epoch 3/10"}
   * @param total units of work in it, or -1 when not known
   * @param unit what is counted: {@code "images"}, {@code "steps"}, {@code "bytes"}
   */
  record PhaseStarted(String name, long total, String unit) implements Event {}

  /**
   * The phase that began last has come this far.
   *
   * @param done units done so far, from the beginning of the phase
   * @param metrics running values to show, such as {@code loss}
   */
  record Advanced(long done, Map<String, Double> metrics) implements Event {}

  /** The phase that began last is over. */
  record PhaseEnded() implements Event {}

  /** An epoch of training begins; {@code epoch} counts from 0 within its stage. */
  record EpochStarted(String stage, int epoch, int epochs) implements Event {}

  /** An epoch is over, with the values that go into the history. */
  record EpochEnded(String stage, int epoch, int epochs, Map<String, Double> logs, double seconds)
      implements Event {}

  /** A line for the user. */
  record Message(String text) implements Event {}

  /** Kinds of work whose time is worth knowing. */
  enum Work {
    /** Waiting for examples: reading, decoding, resizing, changing at random. */
    DECODE,
    /** The frozen part, run ahead of training. */
    TRUNK,
    /** Training steps. */
    TRAINING,
    /** Scoring the validation data. */
    VALIDATION
  }

  /** So many seconds went into a kind of work, since it was last said. */
  record Spent(Work work, double seconds) implements Event {}
}
