package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import java.util.List;

/**
 * How long a stage goes on and in what portions: Keras's {@code fit} arguments that count.
 *
 * @param initialEpoch the first epoch's number, from 0
 * @param epochs Keras's end index: epochs {@code initialEpoch} to {@code epochs} − 1 run
 * @param batchSize examples a step
 * @param stepsPerEpoch steps after which an epoch ends, or 0 for a whole pass over the examples;
 *     the next epoch goes on where this one ended, and a pass that runs out ends its epoch early,
 *     as in Keras 3
 * @param shuffle in what order examples come
 * @param validation when and on how much the network is scored
 */
public record Pace(
    int initialEpoch,
    int epochs,
    int batchSize,
    int stepsPerEpoch,
    Shuffle shuffle,
    Validation validation) {
  /** Keras's batch size where none is given. */
  private static final int USUAL_BATCH = 32;

  /** In what order the examples of a pass come. */
  public enum Shuffle {
    /** In their own order. */
    NONE,
    /** Drawn anew for each pass. */
    EXAMPLES,
    /** The batches of their own order, each shuffled within itself: Keras's {@code "batch"}. */
    WITHIN_BATCHES
  }

  /**
   * How the network is scored between epochs.
   *
   * @param batchSize examples a run
   * @param steps batches scored, or 0 for all
   * @param every scored after every so many epochs
   * @param epochs scored after these epochs, counted from 1, in place of {@code every}; or empty
   */
  public record Validation(int batchSize, int steps, int every, List<Integer> epochs) {
    /** Checks the numbers. */
    public Validation {
      atLeast(1, batchSize, "validation_batch_size");
      atLeast(0, steps, "validation_steps");
      atLeast(1, every, "validation_freq");
      epochs = List.copyOf(epochs);
    }

    /** All examples, after every epoch. */
    public static Validation all(int batchSize) {
      return new Validation(batchSize, 0, 1, List.of());
    }

    /** True when there is scoring after {@code epoch}, counted from 0. */
    boolean after(int epoch) {
      return epochs.isEmpty() ? (epoch + 1) % every == 0 : epochs.contains(epoch + 1);
    }
  }

  /** Checks the numbers. */
  public Pace {
    atLeast(0, initialEpoch, "initial_epoch");
    atLeast(1, batchSize, "batch_size");
    atLeast(0, stepsPerEpoch, "steps_per_epoch");
    if (epochs < initialEpoch) {
      throw new SettingException(
          "epochs is the end index: expected at least initial_epoch "
              + initialEpoch
              + ", came "
              + epochs
              + ".");
    }
  }

  /** So many epochs over all examples, shuffled, scored after each. */
  public static Pace of(int epochs, int batchSize) {
    return new Pace(0, epochs, batchSize, 0, Shuffle.EXAMPLES, Validation.all(batchSize));
  }

  /** The same without shuffling. */
  public Pace inOrder() {
    return new Pace(initialEpoch, epochs, batchSize, stepsPerEpoch, Shuffle.NONE, validation);
  }

  /**
   * Reads {@code epochs}, {@code initial_epoch}, {@code batch_size}, {@code steps_per_epoch},
   * {@code shuffle} and what concerns validation.
   */
  public static Pace read(Config stage) {
    int batch = stage.integer("batch_size", USUAL_BATCH);
    if (batch < 1) {
      // Before it stands for validation_batch_size, which nobody gave.
      throw stage.get("batch_size").wrong("a whole number of at least 1");
    }
    return new Pace(
        stage.integer("initial_epoch", 0),
        stage.integer("epochs", 1),
        batch,
        stage.integer("steps_per_epoch", 0),
        shuffle(stage),
        validation(stage, batch));
  }

  private static Shuffle shuffle(Config stage) {
    if (!stage.has("shuffle")) {
      return Shuffle.EXAMPLES;
    }
    Config value = stage.get("shuffle");
    if (value.isFlag()) {
      return value.flag() ? Shuffle.EXAMPLES : Shuffle.NONE;
    }
    if (value.isString() && value.string().equals("batch")) {
      return Shuffle.WITHIN_BATCHES;
    }
    throw value.wrong("true, false or \"batch\"");
  }

  private static Validation validation(Config stage, int batch) {
    int every = 1;
    List<Integer> epochs = List.of();
    if (stage.has("validation_freq")) {
      Config value = stage.get("validation_freq");
      if (value.isList()) {
        epochs = value.items().stream().map(Config::integer).toList();
      } else {
        every = value.integer();
      }
    }
    return new Validation(
        stage.integer("validation_batch_size", batch),
        stage.integer("validation_steps", 0),
        every,
        epochs);
  }

  /** The batches of one epoch: part of a pass over the examples. */
  record Portion(int pass, int first, int end) {}

  /** Which batches of which pass epoch {@code epoch} takes, when a pass has {@code batches}. */
  Portion portion(int epoch, int batches) {
    if (stepsPerEpoch == 0) {
      return new Portion(epoch, 0, batches);
    }
    int epochsPerPass = Math.max(1, (batches + stepsPerEpoch - 1) / stepsPerEpoch);
    int number = epoch - initialEpoch;
    int first = number % epochsPerPass * stepsPerEpoch;
    return new Portion(number / epochsPerPass, first, Math.min(batches, first + stepsPerEpoch));
  }

  private static void atLeast(int least, int value, String name) {
    if (value < least) {
      throw new SettingException(name + ": expected at least " + least + ", came " + value + ".");
    }
  }
}
