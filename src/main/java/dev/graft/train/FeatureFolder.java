package dev.graft.train;

import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.Tensor;

/**
 * The kept features of one frozen part: a folder of {@link FeatureFile}s.
 *
 * <p>Rows are found by the hash of what they were computed of, so that other epochs, another head,
 * another split or a few new photos use all that is there. Several processes may use a folder at
 * once: files appear whole, are never changed, and the same rows get the same name.
 */
final class FeatureFolder implements RowStore {
  /** Younger files may belong to a process that has not locked them yet. */
  private static final Duration SURELY_LOCKED = Duration.ofMinutes(1);

  private final Path folder;
  private final int length;
  private final List<RowStore> files = new ArrayList<>();
  private final int[] file;
  private final int[] place;
  private int damaged;
  private GraftException refusal;
  private long held;

  private FeatureFolder(Path folder, int length, int rows) {
    this.folder = folder;
    this.length = length;
    this.file = new int[rows];
    this.place = new int[rows];
    Arrays.fill(file, -1);
  }

  /**
   * Looks up rows of {@code length} floats.
   *
   * @param hashes of the rows that are wanted, in their order
   */
  static FeatureFolder open(Path folder, int length, List<String> hashes) {
    FeatureFolder found = new FeatureFolder(folder, length, hashes.size());
    found.refusal = prepared(folder);
    Map<String, List<Integer>> wanted = new HashMap<>();
    for (int row = 0; row < hashes.size(); row++) {
      wanted.computeIfAbsent(hashes.get(row), k -> new ArrayList<>()).add(row);
    }
    if (Files.isDirectory(folder)) {
      list(folder).forEach(path -> found.look(path, wanted));
    }
    return found;
  }

  /** Makes the folder and notes that it was used; why nothing can be added to it, or null. */
  private static GraftException prepared(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      return mayNot(folder, e);
    }
    if (!Files.isWritable(folder)) {
      return mayNot(folder, null);
    }
    try {
      sweep(folder);
      Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // Another user's folder: it takes new files, though what is there is not ours to touch.
      return null;
    }
    return null;
  }

  private static GraftException mayNot(Path folder, IOException cause) {
    return new SettingException(
        folder + ": kept features may not be written there. Set GRAFT_HOME to another folder.",
        cause);
  }

  /** The files of kept features in {@code folder}, by name. */
  static List<Path> list(Path folder) {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(folder, "[!.]*" + FeatureFile.EXTENSION)) {
      all.forEach(paths::add);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be listed: " + e.getMessage() + ".", e);
    }
    paths.sort(null);
    return paths;
  }

  /** Removes what writers left that were killed: their locks went with them. */
  private static void sweep(Path folder) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, ".*.part")) {
      for (Path part : all) {
        if (abandoned(part)) {
          Files.deleteIfExists(part);
        }
      }
    }
  }

  private static boolean abandoned(Path part) throws IOException {
    Instant old = Instant.now().minus(SURELY_LOCKED);
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null && Files.getLastModifiedTime(part).toInstant().isBefore(old);
    } catch (NoSuchFileException | OverlappingFileLockException e) {
      // Its writer has just finished, or is in this process.
      return false;
    }
  }

  /** Removes all files but those that are being written, and the folder when nothing is left. */
  static void delete(Path folder) {
    try {
      sweep(folder);
      for (Path path : list(folder)) {
        Files.deleteIfExists(path);
      }
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      throw new DataException(
          folder + ": something is being written there. Try again when that has ended.", e);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be removed: " + e.getMessage() + ".", e);
    }
  }

  private void look(Path path, Map<String, List<Integer>> wanted) {
    Optional<FeatureFile> opened = FeatureFile.open(path, length);
    if (opened.isEmpty()) {
      damaged++;
      return;
    }
    files.add(opened.get());
    for (int row = 0; row < opened.get().rows(); row++) {
      List<Integer> places = wanted.remove(opened.get().hash(row));
      if (places != null) {
        if (opened.get().whole(row)) {
          take(places, row);
        } else {
          damaged++;
          wanted.put(opened.get().hash(row), places);
        }
      }
    }
  }

  private void take(List<Integer> places, int row) {
    for (int at : places) {
      file[at] = files.size() - 1;
      place[at] = row;
    }
  }

  /** Rows and files that are not as they were written; they count as missing. */
  int damaged() {
    return damaged;
  }

  /** Why nothing can be added on disk, or null when something can. */
  GraftException refusal() {
    return refusal;
  }

  /** Bytes that are in memory since the folder took nothing. */
  long held() {
    return held;
  }

  /** How many rows are on disk. */
  int onDisk() {
    return (int)
        IntStream.of(file).filter(at -> at >= 0 && files.get(at) instanceof FeatureFile).count();
  }

  /** True when row {@code row} is there. */
  boolean has(int row) {
    return file[row] >= 0;
  }

  /** Of the rows {@code from} to {@code to}: those that are missing, each hash once. */
  int[] missing(List<String> hashes, int from, int to) {
    Set<String> seen = new HashSet<>();
    return IntStream.range(from, to)
        .filter(row -> !has(row) && seen.add(hashes.get(row)))
        .toArray();
  }

  /** The folder took no more, as {@link #refusal} says: from now on rows are kept in memory. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(GraftException cause) {
      super(cause);
    }
  }

  /**
   * Writes rows, in files of moderate size, and finds them from then on. Once the folder has
   * refused one, rows are kept in memory instead.
   *
   * @param about what the files tell
   * @param rows what {@link #missing} gave
   * @param hashes of all rows
   * @param values gives the rows in this order
   * @throws Refused when a file cannot be written; what {@code values} gave for it is lost
   */
  void add(Map<String, Object> about, int[] rows, List<String> hashes, FeatureFile.Rows values) {
    List<String> all = Arrays.stream(rows).mapToObj(hashes::get).toList();
    Map<String, List<Integer>> places = new HashMap<>();
    for (int row = 0; row < hashes.size(); row++) {
      if (!has(row)) {
        places.computeIfAbsent(hashes.get(row), k -> new ArrayList<>()).add(row);
      }
    }
    int capacity = refusal == null ? FeatureFile.capacity(length) : all.size();
    for (int from = 0; from < all.size(); from += capacity) {
      List<String> part = all.subList(from, Math.min(all.size(), from + capacity));
      files.add(refusal == null ? written(about, part, values) : held(part.size(), values));
      for (int row = 0; row < part.size(); row++) {
        take(places.get(part.get(row)), row);
      }
    }
  }

  private RowStore written(Map<String, Object> about, List<String> part, FeatureFile.Rows values) {
    boolean[] computing = {false};
    FeatureFile.Rows watched =
        () -> {
          computing[0] = true;
          float[] row = values.next();
          computing[0] = false;
          return row;
        };
    Path path;
    try {
      path = FeatureFile.write(folder, about, part, length, watched);
    } catch (SettingException | DataException e) {
      if (computing[0]) {
        throw e;
      }
      refusal = e;
      throw new Refused(e);
    }
    return FeatureFile.open(path, length)
        .orElseThrow(
            () ->
                new DataException(
                    path + ": what was written cannot be read back. Check the disk."));
  }

  private RowStore held(int count, FeatureFile.Rows values) {
    MemoryRows rows = new MemoryRows(count, length);
    try {
      for (int row = 0; row < count; row++) {
        rows.put(row, values.next());
      }
    } catch (IOException e) {
      rows.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      rows.close();
      throw e;
    }
    held += 4L * count * length;
    return rows;
  }

  @Override
  public void get(int row, int from, int count, float[] into, int at) {
    files.get(file[row]).get(place[row], from, count, into, at);
  }

  @Override
  public void get(int row, int from, int count, Tensor into, long at) {
    files.get(file[row]).get(place[row], from, count, into, at);
  }

  @Override
  public void close() {
    files.forEach(RowStore::close);
    files.clear();
  }
}
