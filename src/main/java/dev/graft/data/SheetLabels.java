package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.progress.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The labels of a CSV file, read row by row: names, numbers, or several of them a row. */
final class SheetLabels {
  private static final List<String> USUAL = List.of("label", "class", "labels", "target");

  private final Config source;
  private final Sheet sheet;
  private final Context context;
  private final List<Integer> columns;
  private final List<String> texts = new ArrayList<>();
  private final Growing numbers = new Growing();

  /**
   * Labels in the columns that {@code source} names under {@code label}, or in one of a usual name.
   */
  SheetLabels(Config source, Sheet sheet, Context context) {
    this.source = source;
    this.sheet = sheet;
    this.context = context;
    this.columns = columns();
  }

  private List<Integer> columns() {
    if (source.has("label")) {
      return source.strings("label").stream().map(sheet::column).toList();
    }
    int column = sheet.usual(USUAL);
    if (column >= 0) {
      return List.of(column);
    }
    List<String> names = sheet.header();
    throw new SettingException(
        source.where()
            + ": which column is the label? Set 'label' to one of "
            + String.join(", ", names.subList(0, Math.min(10, names.size())))
            + ".");
  }

  /** The places of the columns. */
  List<Integer> places() {
    return columns;
  }

  private boolean numeric() {
    return columns.size() > 1 || context.labels() == Labels.REGRESSION;
  }

  /** Takes the labels of a row. */
  void add(long line, List<String> fields) {
    for (int column : columns) {
      String cell = fields.get(column).strip();
      String place = sheet.row(line) + ", column '" + sheet.header().get(column) + "': ";
      boolean none = cell.isEmpty() || cell.equalsIgnoreCase("nan");
      if (none && (numeric() || context.labels() != Labels.MULTI_LABEL)) {
        throw new DataException(
            place
                + (cell.isEmpty() ? "has no label" : "'" + cell + "' is no label")
                + ". Fill it in, or remove the row.");
      }
      if (numeric()) {
        numbers.add(number(cell, place));
      } else {
        texts.add(none ? "" : cell);
      }
    }
  }

  /** Truth values are 1 and 0, as pandas writes them. */
  private static float number(String cell, String place) {
    if (cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false")) {
      return cell.equalsIgnoreCase("true") ? 1 : 0;
    }
    try {
      float value = Float.parseFloat(cell);
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, with the row.
    }
    throw new DataException(
        place + "expected a number to predict, came '" + cell + "'. Correct the row.");
  }

  /** What all rows together are. */
  Labelling labelling() {
    if (numeric()) {
      List<String> names = columns.stream().map(sheet.header()::get).toList();
      return new Labelling(
          new Target.Values(numbers.toArray(), new int[] {columns.size()}),
          context.labels() == Labels.REGRESSION ? List.of() : names);
    }
    if (context.labels() != Labels.MULTI_LABEL) {
      Labelling labelling = Labelling.ofTexts(texts, context.labels(), source.where());
      tell(labelling.classes().size() - (int) texts.stream().distinct().count(), labelling);
      return labelling;
    }
    String separator = source.string("separator", separator());
    return Labelling.ofSeveral(
        texts.stream()
            .map(
                text ->
                    Arrays.stream(text.split(Pattern.quote(separator), -1))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList())
            .toList());
  }

  /** Numbers are places among the classes, so that 1, 2 and 7 make eight of them. */
  private void tell(int unused, Labelling labelling) {
    if (unused > 0 && context.classes().isEmpty()) {
      context
          .progress()
          .on(
              new Progress.Message(
                  sheet.file()
                      + ": the labels are numbers, so the classes are 0 to "
                      + (labelling.classes().size() - 1)
                      + "; "
                      + unused
                      + (unused == 1 ? " of them has" : " of them have")
                      + " no example. To keep only some: 'classes'"));
    }
  }

  /** The first of |, ; and comma that some label holds; otherwise a space. */
  private String separator() {
    for (String separator : List.of("|", ";", ",")) {
      if (texts.stream().anyMatch(text -> text.contains(separator))) {
        return separator;
      }
    }
    return " ";
  }
}
