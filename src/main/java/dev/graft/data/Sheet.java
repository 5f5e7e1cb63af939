package dev.graft.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * A CSV file with a line of column names, in UTF-8, separated by commas, semicolons, tabs or bars.
 */
final class Sheet {
  /** Flattened features of VGG16 have 25,088 columns. */
  private static final int MOST_COLUMNS = 1 << 20;

  private final Path file;
  private final List<String> header;
  private final char separator;

  private Sheet(Path file, List<String> header, char separator) {
    this.file = file;
    this.header = header;
    this.separator = separator;
  }

  /**
   * Reads the column names.
   *
   * @throws DataException when the file is missing or empty
   */
  static Sheet open(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String first = reader.readLine();
      while (first != null && first.isEmpty()) {
        first = reader.readLine();
      }
      if (first == null || first.isBlank()) {
        throw new DataException(
            FileNames.display(file)
                + ": expected a line of column names, the file is empty. Check the path.");
      }
      char separator = separator(first);
      List<String> names = new ArrayList<>();
      new Sheet(file, List.of(), separator).records((line, fields) -> names.addAll(fields), 1);
      // Excel puts a byte order mark before the first name.
      names.set(0, names.get(0).replace("\uFEFF", ""));
      names.replaceAll(String::strip);
      return new Sheet(file, List.copyOf(names), separator);
    } catch (NoSuchFileException e) {
      throw new DataException(FileNames.display(file) + ": no such file. Check the path.", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** A tab where there is one; else the first of comma, semicolon and bar, outside of quotes. */
  private static char separator(String header) {
    String plain = header.replaceAll("\"[^\"]*\"", "");
    for (char candidate : new char[] {'\t', ',', ';', '|'}) {
      if (plain.indexOf(candidate) >= 0) {
        return candidate;
      }
    }
    return ',';
  }

  /** The column names, without blanks around them. */
  List<String> header() {
    return header;
  }

  /** What to call the file. */
  String file() {
    return FileNames.display(file);
  }

  /** What to call a place in the file. */
  String row(long line) {
    return FileNames.display(file) + ": row " + line;
  }

  /** The place of the first column with one of these names, in any case; -1 when there is none. */
  int usual(List<String> names) {
    for (String name : names) {
      if (header.contains(name)) {
        return header.indexOf(name);
      }
    }
    for (int i = 0; i < header.size(); i++) {
      if (names.contains(header.get(i).toLowerCase(Locale.ROOT))) {
        return i;
      }
    }
    return -1;
  }

  /** The index of column {@code name}. */
  int column(String name) {
    int index = header.indexOf(name.strip());
    if (index < 0) {
      throw new DataException(
          FileNames.display(file) + ": has no column '" + name + "'." + Nearest.hint(name, header));
    }
    return index;
  }

  /**
   * Gives every line after the first, with its number in the file, to {@code use}.
   *
   * @throws DataException when there are none, or one has another number of fields
   */
  void rows(BiConsumer<Long, List<String>> use) {
    boolean[] head = {true};
    boolean[] any = {false};
    records(
        (line, fields) -> {
          if (head[0]) {
            head[0] = false;
            return;
          }
          any[0] = true;
          if (fields.size() != header.size()) {
            throw new DataException(
                row(line)
                    + ": expected "
                    + header.size()
                    + " fields as in the first line, came "
                    + fields.size()
                    + ". Quote fields that hold the separator.");
          }
          use.accept(line, fields);
        },
        Integer.MAX_VALUE);
    if (!any[0]) {
      throw new DataException(FileNames.display(file) + ": has column names and no rows.");
    }
  }

  private void records(BiConsumer<Long, List<String>> use, int most) {
    CsvRecordHandler handler =
        CsvRecordHandler.builder().maxFields(MOST_COLUMNS).maxRecordSize(1 << 28).build();
    int count = 0;
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder()
            .fieldSeparator(separator)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .maxBufferSize(1 << 26)
            .build(handler, Files.newBufferedReader(file, StandardCharsets.UTF_8))) {
      for (CsvRecord record : reader) {
        use.accept(record.getStartingLineNumber(), record.getFields());
        if (++count == most) {
          return;
        }
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (UncheckedIOException e) {
      throw unreadable(file, e.getCause());
    } catch (CsvParseException e) {
      throw new MalformedFileException(
          FileNames.display(file) + ": is no CSV file: " + e.getMessage(), e);
    }
  }

  private static RuntimeException unreadable(Path file, IOException e) {
    return e instanceof CharacterCodingException
        ? new MalformedFileException(
            FileNames.display(file) + ": is not in UTF-8. Save it as UTF-8.", e)
        : new DataException(
            FileNames.display(file) + ": cannot be read: " + e.getMessage() + ".", e);
  }

  /** The number in a field. */
  float number(long line, List<String> fields, int column) {
    try {
      return Float.parseFloat(
          fields.get(column).strip().toLowerCase(Locale.ROOT).replace("nan", "NaN"));
    } catch (NumberFormatException e) {
      throw new DataException(
          row(line)
              + ", column '"
              + header.get(column)
              + "': expected a number, came '"
              + fields.get(column)
              + "'. Put columns that are no numbers into 'drop', unless the network has an input"
              + " of that name that takes texts.",
          e);
    }
  }
}
