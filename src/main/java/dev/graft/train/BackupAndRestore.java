package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.network.Network;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Keras's BackupAndRestore: training that finds a backup in {@code folder} goes on from it. The
 * trainer itself does the work, with {@link Checkpoints}; where a job keeps checkpoints already,
 * those are the backup.
 *
 * <p>A backup holds the optimizer's slots and the order of the examples too, and is whole at any
 * moment, so that Keras's {@code double_checkpoint} and {@code save_before_preemption} have nothing
 * to add.
 *
 * @param steps saved after every so many steps besides the end of an epoch ({@code save_freq}); 0
 *     for once a minute
 * @param remove whether the backup is deleted when the stage is over
 */
public record BackupAndRestore(Path folder, int steps, boolean remove) implements Callback {
  static BackupAndRestore read(Config c, Path folder) {
    c.ignore("double_checkpoint", "save_before_preemption");
    return new BackupAndRestore(
        Templates.inside(folder, c.get("backup_dir")),
        ModelCheckpoint.frequency(c),
        c.flag("delete_checkpoint", true));
  }

  /** The checkpoints it is made of. */
  Checkpoints checkpoints() {
    return new Checkpoints(folder, 1, Duration.ofMinutes(1));
  }

  /** What keeps a stage by these checkpoints. */
  Job.Saver saver(Checkpoints checkpoints) {
    return new EverySteps(checkpoints, steps);
  }

  @Override
  public boolean writes() {
    return true;
  }

  private static final class EverySteps implements Job.Saver {
    private final Checkpoints checkpoints;
    private final int steps;
    private int since;

    EverySteps(Checkpoints checkpoints, int steps) {
      this.checkpoints = checkpoints;
      this.steps = steps;
    }

    @Override
    public void open(Network network, boolean restore) {
      checkpoints.open(network, restore);
    }

    @Override
    public boolean due() {
      return steps == 0 ? checkpoints.due() : ++since % steps == 0;
    }

    @Override
    public void save(Position position, History history) {
      checkpoints.save(position, history);
    }
  }
}
