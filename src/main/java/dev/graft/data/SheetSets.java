package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.nio.file.Files;
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
  private static final List<String> LABEL = List.of("label", "class", "labels", "target");

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
    List<Integer> labels = labels(sheet, source);
    Map<String, Path> stems = stems(folder);
    List<Path> files = new ArrayList<>();
    List<List<String>> values = new ArrayList<>();
    sheet.rows(
        (line, fields) -> {
          files.add(find(folder, fields.get(file).strip(), stems, sheet.row(line)));
          values.add(cells(sheet, line, fields, labels));
        });
    Labelling labelling = labelling(source, sheet, labels, values, context);
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
    List<Integer> labels = labels(sheet, source);
    List<Integer> dropped = new ArrayList<>(labels);
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
    List<List<String>> answers = new ArrayList<>();
    Table table =
        read(sheet, columns, (line, fields) -> answers.add(cells(sheet, line, fields, labels)));
    Labelling labelling = labelling(source, sheet, labels, answers, context);
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
    return usual.stream()
        .filter(sheet.header()::contains)
        .findFirst()
        .map(sheet::column)
        .orElse(Math.min(otherwise, sheet.header().size() - 1));
  }

  private static List<Integer> labels(Sheet sheet, Config source) {
    if (source.has("label")) {
      return source.strings("label").stream().map(sheet::column).toList();
    }
    for (String usual : LABEL) {
      if (sheet.header().contains(usual)) {
        return List.of(sheet.column(usual));
      }
    }
    throw new SettingException(
        source.where()
            + ": which column is the label? Set 'label' to one of "
            + String.join(", ", sheet.header().subList(0, Math.min(10, sheet.header().size())))
            + ".");
  }

  private static List<String> cells(
      Sheet sheet, long line, List<String> fields, List<Integer> columns) {
    List<String> cells = new ArrayList<>();
    for (int column : columns) {
      String cell = fields.get(column).strip();
      if (cell.isEmpty()) {
        throw new DataException(
            sheet.row(line) + ", column '" + sheet.header().get(column) + "': has no label.");
      }
      cells.add(cell);
    }
    return cells;
  }

  private static Labelling labelling(
      Config source,
      Sheet sheet,
      List<Integer> columns,
      List<List<String>> cells,
      Context context) {
    String where = source.where();
    if (columns.size() > 1) {
      Growing values = new Growing();
      for (List<String> row : cells) {
        float[] numbers =
            ((Target.Values) Labelling.ofTexts(row, Labels.REGRESSION, where).target()).values();
        for (float number : numbers) {
          values.add(number);
        }
      }
      List<String> names = columns.stream().map(sheet.header()::get).toList();
      return new Labelling(
          new Target.Values(values.toArray(), new int[] {columns.size()}),
          context.labels() == Labels.REGRESSION ? List.of() : names);
    }
    List<String> texts = cells.stream().map(row -> row.get(0)).toList();
    if (context.labels() != Labels.MULTI_LABEL) {
      return Labelling.ofTexts(texts, context.labels(), where);
    }
    String separator = source.string("separator", usual(texts));
    return Labelling.ofSeveral(
        texts.stream()
            .map(
                text ->
                    Arrays.stream(text.split(java.util.regex.Pattern.quote(separator), -1))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList())
            .toList());
  }

  /** The first of |, ; and comma that some label holds; otherwise a space. */
  private static String usual(List<String> texts) {
    for (String separator : List.of("|", ";", ",")) {
      if (texts.stream().anyMatch(text -> text.contains(separator))) {
        return separator;
      }
    }
    return " ";
  }

  /** Image files directly in {@code folder} by their name without extension. */
  private static Map<String, Path> stems(Path folder) {
    Map<String, Path> stems = new HashMap<>();
    for (Path file : new Folders().images(folder)) {
      String name = FileNames.name(file);
      stems.putIfAbsent(name.substring(0, name.lastIndexOf('.')), file);
    }
    return stems;
  }

  private static Path find(Path folder, String name, Map<String, Path> stems, String where) {
    if (name.isEmpty()) {
      throw new DataException(where + ": has no file name.");
    }
    Path file = FileNames.resolve(folder, name);
    if (Files.isRegularFile(file)) {
      return file;
    }
    Path found = stems.get(name);
    if (found == null) {
      throw new DataException(
          where
              + ": no file '"
              + name
              + "' in "
              + FileNames.display(folder)
              + ". Correct the row or set 'folder'.");
    }
    return found;
  }
}
