package dev.graft.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.graft.files.AtomicFiles;
import dev.graft.train.History;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A history as a table: {@code stage,epoch}, one column for each log name, {@code seconds}; one
 * line an epoch. A value an epoch does not have is empty, and NaN is {@code nan}, so that pandas
 * reads both.
 */
public final class HistoryCsv {
  private HistoryCsv() {}

  /** Writes {@code history} to {@code file}. */
  public static void write(Path file, History history) {
    AtomicFiles.string(file, text(history));
  }

  /** The table as text. */
  static String text(History history) {
    Set<String> names = new LinkedHashSet<>();
    history.epochs().forEach(e -> names.addAll(e.logs().keySet()));
    StringWriter text = new StringWriter();
    // The writer is on memory: closing it flushes, nothing else.
    try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
      List<String> head = new ArrayList<>(List.of("stage", "epoch"));
      head.addAll(names);
      head.add("seconds");
      csv.writeRecord(head);
      for (History.Epoch epoch : history.epochs()) {
        csv.writeRecord(line(epoch, names));
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return text.toString();
  }

  private static List<String> line(History.Epoch epoch, Set<String> names) {
    List<String> line = new ArrayList<>();
    line.add(epoch.stage());
    line.add(Integer.toString(epoch.epoch()));
    for (String name : names) {
      Double value = epoch.logs().get(name);
      line.add(value == null ? "" : value.isNaN() ? "nan" : value.toString());
    }
    line.add(Double.toString(epoch.seconds()));
    return line;
  }
}
