package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.report.TensorBoard;
import dev.graft.train.Callback;
import java.nio.file.Path;
import java.util.List;

/** Reads Keras's callback {@code TensorBoard}, beside the events that every run writes. */
final class TensorBoardReader {
  /** What Keras's has and this has not; said so unless it is off, as it is by default. */
  private static final List<String> ABSENT =
      List.of("write_images", "write_steps_per_second", "profile_batch", "embeddings_freq");

  private TensorBoardReader() {}

  static Callback read(Config config, Path folder) {
    for (String key : ABSENT) {
      boolean on =
          config.has(key)
              && (config.get(key).isFlag()
                  ? config.get(key).flag()
                  : !config.get(key).isNumber() || config.get(key).number() != 0);
      if (on) {
        throw new SettingException(config.where(key) + ": Graft has no such part. Leave it out.");
      }
    }
    config.ignore("embeddings_metadata");
    Path root = folder.toAbsolutePath().normalize();
    Path place = root.resolve(config.string("log_dir", "logs")).normalize();
    if (!place.startsWith(root) || place.equals(root)) {
      throw new SettingException(
          config.where("log_dir")
              + ": expected a folder within the run folder, came "
              + place
              + ".");
    }
    TensorBoard.Settings usual = TensorBoard.Settings.STANDARD;
    return new TensorBoard(
        place,
        new TensorBoard.Settings(
            config.integer("histogram_freq", usual.histogramFreq()),
            config.flag("write_graph", usual.writeGraph()),
            usual.frozen(),
            updates(config)),
        0);
  }

  /** {@code "epoch"}, {@code "batch"} or a number of batches. */
  private static int updates(Config config) {
    if (!config.has("update_freq")) {
      return 0;
    }
    Config value = config.get("update_freq");
    if (value.isNumber()) {
      return value.integer();
    }
    return switch (value.string()) {
      case "epoch" -> 0;
      case "batch" -> 1;
      default -> throw value.wrong("\"epoch\", \"batch\" or a number of batches");
    };
  }
}
