package dev.graft.recipe;

import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.AtomicFiles;
import dev.graft.report.HistoryCsv;
import dev.graft.train.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The folder a run writes, with the names of design and docs. */
public final class RunFolder {
  static final String H5 = "model.h5";
  static final String KERAS = "model.keras";
  static final String SAVED_MODEL = "saved_model";
  static final String RECIPE = "recipe.json";
  static final String CLASSES = "classes.txt";
  static final String CHECKPOINTS = "checkpoints";
  static final String EVENTS = "events";
  static final String LOADED = "weights.json";

  private static final Duration BETWEEN_CHECKPOINTS = Duration.ofMinutes(10);

  private final Path path;
  private final Duration betweenCheckpoints;

  /** A folder that exists. */
  RunFolder(Path path) {
    this(path, BETWEEN_CHECKPOINTS);
  }

  private RunFolder(Path path, Duration betweenCheckpoints) {
    this.path = path;
    this.betweenCheckpoints = betweenCheckpoints;
  }

  /** The same, with a checkpoint in the middle of an epoch whenever so much time is over. */
  public RunFolder checkpointed(Duration every) {
    return new RunFolder(path, every);
  }

  /** The time after which a checkpoint is written in the middle of an epoch. */
  Duration betweenCheckpoints() {
    return betweenCheckpoints;
  }

  public Path path() {
    return path;
  }

  /** What to do when the folder is not empty. */
  public enum Present {
    REFUSE,
    RESUME,
    OVERWRITE
  }

  /**
   * Where a run will write.
   *
   * @param out what the user asked for, or null for {@code runs/NAME} (then {@code NAME-2}, …)
   */
  public static Path place(Path out, String name, Present present) {
    if (out == null) {
      Path runs = Path.of("runs");
      Path free = runs.resolve(name);
      if (present == Present.REFUSE) {
        for (int i = 2; Files.exists(free); i++) {
          free = runs.resolve(name + "-" + i);
        }
      }
      return free;
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new SettingException("--out " + out + ": a file is in the way. Choose another folder.");
    }
    if (present == Present.REFUSE && Files.isDirectory(out) && !empty(out)) {
      throw new SettingException(
          "--out "
              + out
              + ": the folder is not empty. Choose another, or add --resume or --overwrite.");
    }
    return out;
  }

  private static boolean empty(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Makes the folder; with {@link Present#OVERWRITE} what a run wrote there goes first. */
  public static RunFolder open(Path path, Present present) {
    try {
      if (present == Present.OVERWRITE && Files.isDirectory(path)) {
        if (!empty(path) && !Files.exists(path.resolve(RECIPE))) {
          throw new SettingException(
              "--out "
                  + path
                  + ": --overwrite replaces run folders only, and this one has no "
                  + RECIPE
                  + ". Choose another folder.");
        }
        AtomicFiles.delete(path);
      }
      Files.createDirectories(path);
      if (present == Present.RESUME) {
        sweep(path);
      }
      return new RunFolder(path);
    } catch (IOException e) {
      throw new DataException(
          "--out " + path + ": the folder cannot be made: " + reason(e) + ".", e);
    }
  }

  /** Removes what a process that died left of files that were to appear whole. */
  private static void sweep(Path folder) throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = files.filter(f -> f.getFileName().toString().matches("\\..*\\.part")).toList();
    }
    for (Path file : left) {
      AtomicFiles.delete(file);
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.FileAlreadyExistsException
        ? "a file is in the way at " + e.getMessage()
        : e instanceof java.nio.file.FileSystemException f && f.getReason() != null
            ? f.getReason()
            : String.valueOf(e.getMessage());
  }

  /** Removes a folder in it that a run is about to write anew. */
  void remove(String name) {
    try {
      if (Files.isDirectory(path.resolve(name))) {
        AtomicFiles.delete(path.resolve(name));
      }
    } catch (IOException e) {
      throw new DataException(path.resolve(name) + ": cannot be replaced: " + reason(e) + ".", e);
    }
  }

  /** Removes a frozen graph in it that a run is about to write anew. */
  void removeGraph() {
    for (String name : List.of("model.pb", "model.json", "labels.txt")) {
      try {
        Files.deleteIfExists(path.resolve(name));
      } catch (IOException e) {
        throw new DataException(path.resolve(name) + ": cannot be replaced: " + reason(e) + ".", e);
      }
    }
  }

  /** A file of the folder. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** Writes plain data as JSON. */
  public void json(String name, Object plain) {
    AtomicFiles.string(path.resolve(name), Json.pretty(plain));
  }

  /** Writes {@code history.json}. */
  public void history(History history) {
    List<Map<String, Object>> epochs = history.epochs().stream().map(History.Epoch::json).toList();
    json("history.json", epochs);
    HistoryCsv.write(file("history.csv"), history);
  }
}
