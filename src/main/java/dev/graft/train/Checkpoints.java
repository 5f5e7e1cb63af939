package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.files.AtomicFiles;
import dev.graft.network.Network;
import dev.graft.network.PartedCheckpoint;
import dev.graft.runtime.Beside;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checkpoints in a folder: {@code graft-STEP.index} and {@code graft-STEP.data-…} with all
 * variables, those that stay as they are in a file that the checkpoints share by a hard link,
 * {@code graft-STEP.json} with the position and the history, and TensorFlow's text file {@code
 * checkpoint}, which names the newest and is written last. Python's {@code
 * tf.train.latest_checkpoint} finds them.
 *
 * <p>A process that dies at any moment leaves the checkpoint before whole and named.
 */
public final class Checkpoints implements Job.Saver {
  private static final String STATE = "checkpoint";
  private static final int VERSION = 1;

  /** What writing usually takes: it is not known before the first is written. */
  private static final long NANOS_A_BYTE = 5;

  private static final Pattern NAMED =
      Pattern.compile("(all_)?model_checkpoint_paths?: \"([^\"/\\\\]+)\"");
  private static final Pattern OWN = Pattern.compile("(graft(?:-\\d+)?-\\d+)\\..*");

  /** What a process that died left of a file that was to appear whole. */
  private static final Pattern PART = Pattern.compile("\\.(checkpoint|graft-).*\\.part");

  private final Path folder;
  private final int keep;
  private final Duration every;
  private final Spared saving;
  private PartedCheckpoint checkpoint;
  private Future<Void> pending;

  /**
   * Checkpoints in {@code folder}, which is made when the first is written.
   *
   * @param keep how many are kept
   * @param every the time after which one is written in the middle of an epoch
   */
  public Checkpoints(Path folder, int keep, Duration every) {
    this(folder, keep, every, new Spared());
  }

  Checkpoints(Path folder, int keep, Duration every, Spared saving) {
    this.saving = saving;
    this.folder = folder;
    this.keep = keep;
    this.every = every;
  }

  /**
   * A checkpoint that can be gone on from.
   *
   * @param prefix of its files, for {@link Checkpoint#restore}
   */
  public record Found(Path prefix, Position position, History history) {}

  /** The newest checkpoint in {@code folder}, if there is one. */
  public static Optional<Found> latest(Path folder) {
    List<String> names = names(folder);
    if (names.isEmpty()) {
      return Optional.empty();
    }
    Path prefix = folder.resolve(names.get(names.size() - 1));
    Config side = Config.read(Path.of(prefix + ".json"));
    if (side.integer("graft") != VERSION) {
      throw side.get("graft").wrong("version " + VERSION);
    }
    Found found =
        new Found(prefix, Position.read(side.get("position")), History.read(side.get("history")));
    side.done();
    return Optional.of(found);
  }

  /** The checkpoints that the state file names, oldest first, the newest last. */
  private static List<String> names(Path folder) {
    Path state = folder.resolve(STATE);
    if (!Files.exists(state)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    String newest = null;
    try {
      for (String line : Files.readAllLines(state)) {
        Matcher matcher = NAMED.matcher(line);
        if (!matcher.matches() || !OWN.matcher(matcher.group(2) + ".").matches()) {
          throw new MalformedFileException(
              state + ": expected TensorFlow's list of checkpoints, came '" + line + "'.");
        }
        if (matcher.group(1) == null) {
          newest = matcher.group(2);
        } else {
          names.add(matcher.group(2));
        }
      }
    } catch (IOException e) {
      throw new DataException(state + ": cannot be read: " + e.getMessage(), e);
    }
    if (newest != null) {
      names.remove(newest);
      names.add(newest);
    }
    return names;
  }

  @Override
  public void open(Network network, boolean restore) {
    rest();
    checkpoint = new PartedCheckpoint(network);
    saving.begin(NANOS_A_BYTE * checkpoint.bytes());
    if (restore) {
      List<String> names = names(folder);
      if (names.isEmpty()) {
        throw new DataException(folder + ": there is no checkpoint to go on from.");
      }
      checkpoint.restore(folder.resolve(names.get(names.size() - 1)));
    }
  }

  @Override
  public boolean due() {
    return saving.passed(every);
  }

  /**
   * As {@link #save}, unless the epochs are so short that writing would take a good part of the
   * time: whoever then goes on from the checkpoint before does a few seconds' work again.
   */
  @Override
  public void reached(Position position, History history) {
    if (saving.due() || due()) {
      save(position, history);
    }
  }

  @Override
  public void save(Position position, History history) {
    rest();
    saving.run(
        () -> {
          try (PartedCheckpoint.Held held = checkpoint.hold()) {
            write(held, position, side(position, history));
          }
        });
  }

  /**
   * As {@link #save}, of what is there now: it is written while the run goes on, until {@link
   * #rest}.
   */
  public void saveBeside(Position position, History history) {
    rest();
    PartedCheckpoint.Held held = checkpoint.hold();
    Map<String, Object> side = side(position, history);
    pending =
        Beside.begin(
            () -> {
              try (held) {
                write(held, position, side);
              }
            });
  }

  /** Waits for what is still being written, and throws what went wrong. */
  public void rest() {
    Future<Void> waited = pending;
    pending = null;
    if (waited != null) {
      Beside.outcome(waited);
    }
  }

  private void write(PartedCheckpoint.Held held, Position position, Map<String, Object> side) {
    List<String> names = new ArrayList<>(names(folder));
    try {
      Files.createDirectories(folder);
      try {
        String name = name(position, names);
        Path prefix = folder.resolve(name);
        held.save(prefix);
        flush(name);
        AtomicFiles.string(Path.of(prefix + ".json"), Json.pretty(side));
        List<String> kept = new ArrayList<>(names);
        kept.add(name);
        kept = kept.subList(Math.max(0, kept.size() - keep), kept.size());
        AtomicFiles.string(folder.resolve(STATE), state(kept));
      } finally {
        sweep(names(folder));
      }
    } catch (IOException e) {
      throw new DataException(
          folder + ": no checkpoint can be written: " + e.getMessage() + ". Free some space.", e);
    }
  }

  /**
   * A name that ends in the step. The end of an epoch has the step of its last update, which may be
   * saved already.
   */
  private static String name(Position position, List<String> taken) {
    String name = "graft-" + position.step();
    for (int i = 2; taken.contains(name); i++) {
      name = "graft-" + i + "-" + position.step();
    }
    return name;
  }

  /** Removes all checkpoints, and the folder when nothing else is in it. */
  public void delete() {
    try {
      Files.deleteIfExists(folder.resolve(STATE));
      sweep(List.of());
      try (Stream<Path> rest = Files.list(folder)) {
        if (rest.findAny().isPresent()) {
          return;
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new DataException(folder + ": the checkpoints cannot be removed: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> side(Position position, History history) {
    Map<String, Object> side = new LinkedHashMap<>();
    side.put("graft", VERSION);
    side.put("position", position.json());
    side.put("history", history.epochs().stream().map(History.Epoch::json).toList());
    return side;
  }

  /** The text file as TensorFlow writes it. */
  private static String state(List<String> names) {
    StringBuilder text = new StringBuilder();
    text.append("model_checkpoint_path: \"" + names.get(names.size() - 1) + "\"\n");
    names.forEach(name -> text.append("all_model_checkpoint_paths: \"" + name + "\"\n"));
    return text.toString();
  }

  /** Brings what TensorFlow wrote to the disk, before anything names it. */
  private void flush(String name) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        if (file.getFileName().toString().startsWith(name + ".")) {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
          }
        }
      }
    }
  }

  /** Removes checkpoints no longer kept, and what a process that died left half-written. */
  private void sweep(List<String> kept) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      Matcher own = OWN.matcher(name);
      if ((own.matches() && !kept.contains(own.group(1))) || PART.matcher(name).matches()) {
        Files.delete(file);
      }
    }
  }
}
