package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.files.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Keras's CSVLogger, in Keras's very text: a line an epoch, {@code epoch} first, then all logs in
 * alphabetical order, {@code NA} where an epoch has no such log; numbers are float32 as Python
 * writes them. As in Keras the learning rate is a column only where a callback that sets it stands
 * before, and an epoch without validation at first adds the columns of one. The file is whole after
 * every epoch, and a run that was cut off goes on behind its last finished epoch. Source:
 * keras/src/callbacks/csv_logger.py, Keras 3.15.
 */
public final class CsvLogger implements Callback {
  private static final String LINE_END = "\r\n";

  private final Path file;
  private final String separator;
  private final boolean append;
  private List<String> columns;
  private boolean withRate;
  private boolean headed;
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
  public void onTrainBegin(Training training) {
    columns = null;
    withRate = ratedBefore(training.stage().callbacks());
    text = "";
    if (append && Files.exists(file)) {
      try {
        text = Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    headed = !text.isEmpty();
  }

  /** Keras's callbacks that set the rate put it into the logs, for those that come after. */
  private boolean ratedBefore(List<Callback> callbacks) {
    return callbacks.subList(0, callbacks.indexOf(this)).stream()
        .anyMatch(c -> c instanceof LearningRateScheduler || c instanceof ReduceLrOnPlateau);
  }

  private void head(Map<String, Double> logs) {
    columns = new ArrayList<>(logs.keySet());
    if (!withRate) {
      columns.remove("learning_rate");
    }
    columns.sort(null);
    if (columns.stream().noneMatch(column -> column.startsWith("val_"))) {
      columns.addAll(columns.stream().map(column -> "val_" + column).toList());
    }
    if (!headed) {
      text += "epoch" + separator + String.join(separator, columns) + LINE_END;
      headed = true;
    }
  }

  @Override
  public void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {
    if (columns == null) {
      head(logs);
    }
    text +=
        epoch
            + separator
            + columns.stream()
                .map(column -> logs.containsKey(column) ? PythonFloat.text(logs.get(column)) : "NA")
                .collect(Collectors.joining(separator))
            + LINE_END;
    AtomicFiles.string(file, text);
  }

  @Override
  public Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("text", text);
    state.put("columns", columns);
    return state;
  }

  @Override
  public void restore(Config state) {
    text = state.string("text");
    headed = !text.isEmpty();
    columns = state.has("columns") ? new ArrayList<>(state.strings("columns")) : null;
  }
}
