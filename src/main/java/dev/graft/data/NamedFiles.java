package dev.graft.data;

import dev.graft.error.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Image files that the rows of a CSV name, with or without their extension. */
final class NamedFiles {
  private final Path folder;
  private final String advice;

  /** By folder: its images by their name without extension. */
  private final Map<Path, Map<String, Path>> stems = new HashMap<>();

  /**
   * Files in {@code folder} and below.
   *
   * @param advice what to do about a row whose file is not there
   */
  NamedFiles(Path folder, String advice) {
    this.folder = folder;
    this.advice = advice;
  }

  /**
   * The file that a field names.
   *
   * @param row what to call the row
   * @throws DataException naming the row when there is no such file
   */
  Path find(String field, String row) {
    String name = field.strip();
    if (name.isEmpty()) {
      throw new DataException(row + ": has no file name. Fill it in, or remove the row.");
    }
    Path found = name.indexOf('\0') >= 0 ? null : find(field);
    if (found == null && name.indexOf('\0') < 0) {
      found = find(name);
    }
    if (found == null) {
      throw new DataException(
          row
              + ": no file '"
              + name.replace("\0", "\\0")
              + "' in "
              + FileNames.display(folder)
              + ". Correct the row or "
              + advice
              + ".");
    }
    return found;
  }

  private Path find(String name) {
    Path file = FileNames.resolve(folder, name);
    if (Files.isRegularFile(file)) {
      return file;
    }
    Path parent = file.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return null;
    }
    return stems.computeIfAbsent(parent, NamedFiles::stems).get(FileNames.name(file));
  }

  private static Map<String, Path> stems(Path folder) {
    Map<String, Path> stems = new HashMap<>();
    for (Path file : new Folders().images(folder)) {
      String name = FileNames.name(file);
      stems.putIfAbsent(name.substring(0, name.lastIndexOf('.')), file);
    }
    return stems;
  }
}
