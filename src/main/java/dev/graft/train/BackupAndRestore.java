package dev.graft.train;

import dev.graft.config.Config;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Keras's BackupAndRestore: training that finds a backup in {@code folder} goes on from it. The
 * trainer itself does the work, with {@link Checkpoints}; where a job keeps checkpoints already,
 * those are the backup.
 *
 * @param remove whether the backup is deleted when the stage is over
 */
public record BackupAndRestore(Path folder, boolean remove) implements Callback {
  static BackupAndRestore read(Config c, Path folder) {
    c.ignore("save_freq", "double_checkpoint", "save_before_preemption");
    return new BackupAndRestore(
        Templates.inside(folder, c.get("backup_dir")), c.flag("delete_checkpoint", true));
  }

  /** The checkpoints it is made of. */
  Checkpoints checkpoints() {
    return new Checkpoints(folder, 1, Duration.ofMinutes(1));
  }
}
