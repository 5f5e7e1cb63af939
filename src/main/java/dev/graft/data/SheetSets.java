package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Data sets in CSV: image files with their labels, or a table of features. */
final class SheetSets {
  private static final List<String> FILE = List.of("file", "filename", "image", "path");

  private SheetSets() {}

  /**
   * Image files and labels: {@code {"csv", "folder", "file", "label", "separator"}}. File names may
   * lack their extension. A label of several columns, or of several names in one field, is
   * multi-label.
   */
  static Dataset images(Config source, Context context) {
    Path path = context.path(source.string("csv"));
    Sheet sheet = Sheet.open(path);
    Path folder =
        source.has("folder")
            ? context.path(source.string("folder"))
            : path.toAbsolutePath().getParent();
    int file = column(sheet, source, "file", FILE, 0);
    SheetLabels labels = new SheetLabels(source, sheet, context);
    NamedFiles named =
        new NamedFiles(
            folder,
            source.where().startsWith("--")
                ? "say where the files lie with --folder"
                : "set 'folder'");
    List<Path> files = new ArrayList<>();
    sheet.rows(
        (line, fields) -> {
          files.add(named.find(fields.get(file), sheet.row(line)));
          labels.add(line, fields);
        });
    Labelling labelling = labels.labelling();
    return Dataset.of(
        FileNames.display(path),
        new Column.Pictures(files),
        labelling.target(),
        labelling.classes());
  }

  /** A table of numbers and a label: {@code {"table", "label", "drop"}}. */
  static Dataset table(Config source, Context context) {
    Path path = context.path(source.string("table"));
    Sheet sheet = Sheet.open(path);
    SheetLabels labels = new SheetLabels(source, sheet, context);
    List<Integer> dropped = new ArrayList<>(labels.places());
    for (String name : source.strings("drop")) {
      dropped.add(sheet.column(name));
    }
    if (!source.has("drop") && sheet.header().contains("file")) {
      // As `graft features` writes it.
      dropped.add(sheet.column("file"));
    }
    int[] columns = new int[sheet.header().size() - (int) dropped.stream().distinct().count()];
    for (int i = 0, n = 0; i < sheet.header().size(); i++) {
      if (!dropped.contains(i)) {
        columns[n++] = i;
      }
    }
    if (columns.length == 0) {
      throw new DataException(
          FileNames.display(path) + ": no columns are left beside label and 'drop'.");
    }
    Table table = read(sheet, columns, labels::add);
    Labelling labelling = labels.labelling();
    return Dataset.of(
        FileNames.display(path), new Column.Cells(table), labelling.target(), labelling.classes());
  }

  /** A table without labels, for prediction: the columns that are inputs of a network. */
  static Dataset unlabelled(Path path, List<String> inputs) {
    Sheet sheet = Sheet.open(path);
    boolean named = inputs.stream().allMatch(sheet.header()::contains);
    int[] columns =
        named
            ? inputs.stream().mapToInt(sheet::column).toArray()
            : java.util.stream.IntStream.range(0, sheet.header().size()).toArray();
    Table table = read(sheet, columns, (line, fields) -> {});
    return Dataset.of(FileNames.display(path), new Column.Cells(table), null, List.of());
  }

  /** The cells of {@code columns}; {@code also} is shown every row. */
  private static Table read(Sheet sheet, int[] columns, BiConsumer<Long, List<String>> also) {
    Growing values = new Growing();
    Map<Integer, DataException> texts = new HashMap<>();
    sheet.rows(
        (line, fields) -> {
          for (int i = 0; i < columns.length; i++) {
            float value = Float.NaN;
            try {
              value = texts.containsKey(i) ? value : sheet.number(line, fields, columns[i]);
            } catch (DataException e) {
              // Whoever wants numbers there is told.
              texts.put(i, e);
            }
            values.add(value);
          }
          also.accept(line, fields);
        });
    return new Table(sheet, Arrays.stream(columns).boxed().toList(), values.toArray(), texts);
  }

  private static int column(
      Sheet sheet, Config source, String key, List<String> usual, int otherwise) {
    if (source.has(key)) {
      return sheet.column(source.string(key));
    }
    int column = sheet.usual(usual);
    return column >= 0 ? column : Math.min(otherwise, sheet.header().size() - 1);
  }
}
