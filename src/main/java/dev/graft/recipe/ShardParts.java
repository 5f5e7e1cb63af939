package dev.graft.recipe;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.Hdf5Dataset;
import dev.graft.files.Hdf5File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts that shards leave in the folder {@code OUT.parts}, each one HDF5 file that is whole or
 * absent and tells what it was made of.
 */
final class ShardParts {
  private static final Pattern NAME = Pattern.compile("part-(\\d+)-of-(\\d+)\\.h5");

  private final Path folder;

  ShardParts(Path out) {
    this.folder = out.resolveSibling(out.getFileName() + ".parts");
  }

  Path folder() {
    return folder;
  }

  private Path path(Shard shard) {
    return folder.resolve(
        String.format(Locale.ROOT, "part-%05d-of-%05d.h5", shard.index(), shard.count()));
  }

  /**
   * True when the part of {@code shard} is there.
   *
   * @throws DataException when it was made of something else
   */
  boolean has(Shard shard, String origin) {
    Path part = path(shard);
    if (!Files.exists(part)) {
      return false;
    }
    try (Hdf5File file = Hdf5File.open(part)) {
      check(part, file, origin);
    }
    return true;
  }

  private static void check(Path part, Hdf5File file, String origin) {
    String came = file.root().attributes().findString("graft").orElse("nothing known");
    if (!came.equals(origin)) {
      throw new DataException(
          part
              + ": was made with another model, other settings or another list of examples (its"
              + " hash is "
              + came.substring(0, Math.min(12, came.length()))
              + ", expected "
              + origin.substring(0, Math.min(12, origin.length()))
              + "). Remove the parts, or choose another --out.");
    }
  }

  /** Writes the part of {@code shard}. */
  void write(Shard shard, String origin, RowTable table) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new SettingException(
          folder + ": cannot be made: " + e.getMessage() + ". Choose another --out.", e);
    }
    RowFiles.h5(path(shard), table, origin);
  }

  /**
   * All parts, which must be there and of one origin.
   *
   * @param origin what they must have been made of
   */
  List<Path> all(String origin) {
    Map<Integer, Path> found = new TreeMap<>();
    int count = 0;
    for (Path path : list()) {
      Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
      if (!name.matches()) {
        continue;
      }
      int of = Integer.parseInt(name.group(2));
      if (count != 0 && of != count) {
        throw new DataException(
            folder
                + ": has parts of "
                + count
                + " and of "
                + of
                + " shards. Remove those that do not belong.");
      }
      count = of;
      found.put(Integer.parseInt(name.group(1)), path);
    }
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!found.containsKey(i)) {
        missing.add(i + "/" + count);
      }
    }
    if (count == 0 || !missing.isEmpty()) {
      throw new DataException(
          folder
              + ": "
              + (count == 0 ? "has no parts" : "misses the shards " + String.join(", ", missing))
              + ". Run them with --shard first.");
    }
    for (Path part : found.values()) {
      try (Hdf5File file = Hdf5File.open(part)) {
        check(part, file, origin);
      }
    }
    return List.copyOf(found.values());
  }

  private List<Path> list() {
    List<Path> paths = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
        all.forEach(paths::add);
      } catch (IOException e) {
        throw new DataException(folder + ": cannot be listed: " + e.getMessage() + ".", e);
      }
    }
    return paths;
  }

  /** All rows of {@code parts}, one part after the other; closed by the caller. */
  static Joined joined(List<Path> parts) {
    return new Joined(parts);
  }

  /** Rows of several parts. */
  static final class Joined implements AutoCloseable {
    private final List<Hdf5File> files = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private long[] shape = {};
    private int file;
    private long row;

    Joined(List<Path> parts) {
      for (Path part : parts) {
        Hdf5File open = Hdf5File.open(part);
        files.add(open);
        names.addAll(set(open, "files").strings());
        labels.addAll(set(open, "labels").strings());
        long[] all = set(open, "features").shape();
        shape = Arrays.copyOfRange(all, 1, all.length);
      }
    }

    private static Hdf5Dataset set(Hdf5File file, String name) {
      return file.root()
          .findDataset(name)
          .orElseThrow(
              () -> new DataException(file.path() + ": has no '" + name + "'. Make it again."));
    }

    RowTable table() {
      return new RowTable(shape, names, labels, this::next);
    }

    private float[] next() {
      Hdf5Dataset set = set(files.get(file), "features");
      while (row == set.shape()[0]) {
        set = set(files.get(++file), "features");
        row = 0;
      }
      int width = 1;
      for (long side : shape) {
        width *= (int) side;
      }
      float[] values = new float[width];
      int[] at = {0};
      set.rows(
          row,
          row + 1,
          (piece, count) -> {
            System.arraycopy(piece, 0, values, at[0], count);
            at[0] += count;
          });
      row++;
      return values;
    }

    @Override
    public void close() {
      files.forEach(Hdf5File::close);
    }
  }
}
