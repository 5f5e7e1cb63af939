package dev.graft.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The image files that a CSV without labels names, one a row, in its order. */
public final class FileList {
  private static final List<String> USUAL = List.of("filename", "file");

  private FileList() {}

  /**
   * Reads the files of column {@code filename} or {@code file}, else of the first.
   *
   * @param folder where they lie
   * @throws dev.graft.error.DataException naming the row whose file is missing
   */
  public static List<Path> read(Path csv, Path folder) {
    Sheet sheet = Sheet.open(csv);
    int column = Math.max(0, sheet.usual(USUAL));
    NamedFiles named = new NamedFiles(folder, "say where the files lie with --folder");
    List<Path> files = new ArrayList<>();
    sheet.rows((line, fields) -> files.add(named.find(fields.get(column), sheet.row(line))));
    return files;
  }
}
