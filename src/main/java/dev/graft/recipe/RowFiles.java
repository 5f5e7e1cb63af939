package dev.graft.recipe;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.graft.error.SettingException;
import dev.graft.files.AtomicFiles;
import dev.graft.files.FloatSource;
import dev.graft.files.Hdf5GroupWriter;
import dev.graft.files.Hdf5Writer;
import dev.graft.files.NpyWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Writes a {@link RowTable} as {@code .npy}, {@code .csv} or {@code .h5}: whole or not at all. */
final class RowFiles {
  private static final List<String> KINDS = List.of("npy", "csv", "h5");

  private RowFiles() {}

  /**
   * The kind of file that {@code out}'s name asks for.
   *
   * @throws SettingException when it is none of the three
   */
  static String kind(Path out) {
    String name = String.valueOf(out.getFileName());
    String kind = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (!KINDS.contains(kind)) {
      throw new SettingException(
          "--out " + out + ": expected a name that ends in .npy, .csv or .h5.");
    }
    return kind;
  }

  /** Writes the file; beside a {@code .npy} also a {@code .tsv} with the names. */
  static void write(Path out, RowTable table) {
    switch (kind(out)) {
      case "npy" -> npy(out, table);
      case "csv" -> csv(out, table);
      default -> h5(out, table, "");
    }
  }

  private static void npy(Path out, RowTable table) {
    AtomicFiles.write(
        out,
        path -> {
          try (NpyWriter npy = NpyWriter.create(path, table.shape())) {
            for (int i = 0; i < table.size(); i++) {
              npy.write(table.rows().next(), table.width());
            }
          }
        });
    StringBuilder text = new StringBuilder("file\tlabel\n");
    for (int i = 0; i < table.size(); i++) {
      text.append(plain(table.files().get(i))).append('\t');
      text.append(plain(table.labels().get(i))).append('\n');
    }
    String name = String.valueOf(out.getFileName());
    AtomicFiles.string(
        out.resolveSibling(name.substring(0, name.length() - 3) + "tsv"), text.toString());
  }

  /** A name in one field of one line: what would end either is written as in C. */
  private static String plain(String name) {
    return name.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static void csv(Path out, RowTable table) {
    AtomicFiles.write(
        out,
        path -> {
          try (Writer text = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
              CsvWriter csv = CsvWriter.builder().build(text)) {
            String[] fields = new String[table.width() + 2];
            fields[0] = "file";
            fields[1] = "label";
            for (int i = 0; i < table.width(); i++) {
              fields[i + 2] = "f" + i;
            }
            csv.writeRecord(fields);
            for (int row = 0; row < table.size(); row++) {
              float[] values = table.rows().next();
              fields[0] = table.files().get(row);
              fields[1] = table.labels().get(row);
              for (int i = 0; i < table.width(); i++) {
                fields[i + 2] = Float.toString(values[i]);
              }
              csv.writeRecord(fields);
            }
          }
        });
  }

  /**
   * Data sets {@code features}, {@code files} and {@code labels}.
   *
   * @param note goes into the attribute {@code graft} unless it is empty
   */
  static void h5(Path out, RowTable table, String note) {
    AtomicFiles.write(
        out,
        path -> {
          try (Hdf5Writer file = Hdf5Writer.create(path)) {
            Hdf5GroupWriter root = file.root();
            if (!note.isEmpty()) {
              root.attributes().string("graft", note);
            }
            root.floats("features", table.whole(), source(table));
            root.strings("files", table.files());
            root.strings("labels", table.labels());
          }
        });
  }

  private static FloatSource source(RowTable table) {
    return new FloatSource() {
      private float[] row = {};
      private int at;
      private int left = table.size();

      @Override
      public int read(float[] into) {
        if (at == row.length) {
          if (left == 0) {
            return -1;
          }
          left--;
          row = table.rows().next();
          at = 0;
        }
        int count = Math.min(into.length, row.length - at);
        System.arraycopy(row, at, into, 0, count);
        at += count;
        return count;
      }
    };
  }
}
