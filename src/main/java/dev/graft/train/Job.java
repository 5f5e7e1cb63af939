package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * One stage of training and all it needs.
 *
 * @param network with values in all variables; its model has the stage's freezing
 * @param train examples to learn from; inputs and targets in the order of the model's
 * @param validation examples to score after each epoch, or null
 * @param start where to begin
 * @param seed of the order of examples and of augmentation
 * @param history epochs are added to it
 * @param saver keeps checkpoints, or null
 * @param interrupted asked after each step; when true, training saves and ends
 * @param progress told of everything
 * @param features outputs of the frozen part, kept from stage to stage; its owner closes it
 */
public record Job(
    Network network,
    Stage stage,
    Examples train,
    Examples validation,
    Position start,
    long seed,
    History history,
    Saver saver,
    BooleanSupplier interrupted,
    Progress progress,
    FeatureCache features) {
  /** Keeps what a restart needs. */
  public interface Saver {
    /** Called once all variables of the stage are in the graph; restores if there is something. */
    void open(Network network, boolean restore);

    /** Asked after each step; when true, {@link #save} follows. */
    default boolean due() {
      return false;
    }

    /** Called at the end of a stage, when it is due, and when training is interrupted. */
    void save(Position position, History history);

    /** Called at the end of the other epochs, where saving may be more than it is worth. */
    default void reached(Position position, History history) {
      save(position, history);
    }
  }

  /** The wish to end as it counts in work that has no steps: several workers end together only. */
  public BooleanSupplier alone() {
    return network.workers().several() ? () -> false : interrupted;
  }

  /**
   * Tells the saver, if there is one, where training is.
   *
   * @param surely whether it has to save
   * @return where it is
   */
  Position keep(Position position, boolean surely) {
    if (saver != null && surely) {
      saver.save(position, history);
    } else if (saver != null) {
      saver.reached(position, history);
    }
    return position;
  }

  /** A job without validation, saving and interruption, from the beginning. */
  public static Job of(Network network, Stage stage, Examples train, Examples validation) {
    return new Job(
        network,
        stage,
        train,
        validation,
        Position.start(0, stage.pace().initialEpoch(), 0),
        network.seed(),
        new History(),
        null,
        () -> false,
        Progress.NONE,
        new FeatureCache());
  }

  /**
   * Gives {@code to} what the optimizer of {@code from} remembers, for a stage that goes on with it
   * ({@link Position#continued}).
   *
   * @param fresh layers that are new in {@code to}, for which it starts anew
   */
  public static void carry(Network from, Network to, Stage stage, Set<String> fresh) {
    Slots.carry(from, to, stage, fresh);
  }

  /** The same job, adding its epochs to {@code other}. */
  public Job with(History other) {
    return new Job(
        network,
        stage,
        train,
        validation,
        start,
        seed,
        other,
        saver,
        interrupted,
        progress,
        features);
  }

  /** The same job with another listener. */
  public Job with(Progress other) {
    return new Job(
        network,
        stage,
        train,
        validation,
        start,
        seed,
        history,
        saver,
        interrupted,
        other,
        features);
  }

  /** The same job, beginning elsewhere and kept by {@code keeper}. */
  public Job with(Position begin, Saver keeper) {
    return new Job(
        network,
        stage,
        train,
        validation,
        begin,
        seed,
        history,
        keeper,
        interrupted,
        progress,
        features);
  }
}
