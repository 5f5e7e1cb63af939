package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What {@link FeatureCache} keeps on disk, seen from outside: to be listed and removed. */
public final class FeatureShelf {
  private FeatureShelf() {}

  /**
   * The kept features of one frozen part.
   *
   * @param key what stands for its weights, cut and preparation
   * @param model the network's name
   * @param cut the layers whose outputs are kept
   * @param rows how many examples, or copies of them
   * @param bytes on disk
   * @param used when it was last looked into
   */
  public record Kept(
      String key, String model, List<String> cut, long rows, long bytes, Instant used) {
    /** Copies the list. */
    public Kept {
      cut = List.copyOf(cut);
    }
  }

  /** All that is kept in {@code folder}, by key; nothing when there is no such folder. */
  public static List<Kept> list(Path folder) {
    List<Kept> all = new ArrayList<>();
    for (Path one : folders(folder)) {
      String model = "?";
      List<String> cut = List.of();
      long rows = 0;
      long bytes = 0;
      for (Path file : FeatureFolder.list(one)) {
        bytes += size(file);
        try {
          Config about = FeatureFile.about(file);
          model = about.string("model", model);
          cut = about.strings("cut");
          rows += about.integer("rows", 0);
        } catch (GraftException e) {
          model = "(damaged)";
        }
      }
      String key = String.valueOf(one.getFileName());
      all.add(new Kept(key, model, cut, rows, bytes, used(one)));
    }
    return all;
  }

  /** Removes what is kept under {@code key}. */
  public static void remove(Path folder, String key) {
    FeatureFolder.delete(folder.resolve(key));
  }

  private static List<Path> folders(Path folder) {
    List<Path> folders = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return folders;
    }
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            folder,
            path ->
                Files.isDirectory(path)
                    && String.valueOf(path.getFileName()).matches("[0-9a-f]{32}"))) {
      all.forEach(folders::add);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be listed: " + e.getMessage() + ".", e);
    }
    folders.sort(null);
    return folders;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  private static Instant used(Path folder) {
    try {
      return Files.getLastModifiedTime(folder).toInstant();
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }
}
