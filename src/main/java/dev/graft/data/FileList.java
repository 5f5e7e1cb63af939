package dev.graft.data;

import dev.graft.error.DataException;
import java.nio.file.Files;
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
   * @throws DataException naming the row whose file is missing
   */
  public static List<Path> read(Path csv, Path folder) {
    Sheet sheet = Sheet.open(csv);
    int column = 0;
    for (String name : USUAL) {
      if (sheet.header().contains(name)) {
        column = sheet.header().indexOf(name);
        break;
      }
    }
    int at = column;
    List<Path> files = new ArrayList<>();
    sheet.rows(
        (line, fields) -> {
          Path file = FileNames.resolve(folder, fields.get(at));
          if (!Files.isRegularFile(file)) {
            throw new DataException(
                sheet.row(line)
                    + ": there is no file "
                    + FileNames.display(file)
                    + ". Say where the files lie with --folder.");
          }
          files.add(file);
        });
    return files;
  }
}
