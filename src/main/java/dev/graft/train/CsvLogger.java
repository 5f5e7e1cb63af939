package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.files.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Keras's CSVLogger: a line an epoch, {@code epoch} first, then all logs in alphabetical order,
 * {@code NA} where an epoch has no such log. The file is whole after every epoch, and a run that
 * was cut off goes on behind its last finished epoch.
 */
public final class CsvLogger implements Callback {
  private static final String LINE_END = "\r\n";

  private final Path file;
  private final String separator;
  private final boolean append;
  private List<String> columns;
  private String text;

  private CsvLogger(Path file, Config c) {
    this.file = file;
    this.separator = c.string("separator", ",");
    this.append = c.flag("append", false);
  }

  static CsvLogger read(Config c, Path folder) {
    return new CsvLogger(Templates.inside(folder, c.get("filename")), c);
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public void onTrainBegin(Training training) {
    columns = new ArrayList<>(training.logs());
    columns.sort(null);
    text = "";
    if (append && Files.exists(file)) {
      try {
        text = Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (text.isEmpty()) {
      text = "epoch" + separator + String.join(separator, columns) + LINE_END;
    }
  }

  @Override
  public void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {
    text +=
        epoch
            + separator
            + columns.stream()
                .map(column -> logs.containsKey(column) ? logs.get(column).toString() : "NA")
                .collect(Collectors.joining(separator))
            + LINE_END;
    AtomicFiles.string(file, text);
  }

  @Override
  public Map<String, Object> state() {
    return Map.of("text", text);
  }

  @Override
  public void restore(Config state) {
    text = state.string("text");
  }
}
