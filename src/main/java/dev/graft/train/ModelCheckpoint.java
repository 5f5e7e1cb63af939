package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keras's ModelCheckpoint: the model as a Keras file after epochs or steps, all or the best only.
 * Source: keras/src/callbacks/model_checkpoint.py, Keras 3.15.
 */
public final class ModelCheckpoint implements Callback {
  private final Config filepath;
  private final Path folder;
  private final NetworkWriter writer;
  private final Monitor monitor;
  private final boolean bestOnly;
  private final boolean weightsOnly;
  private final int steps;
  private final int period;
  private int epoch;
  private int stepsSince;
  private int epochsSince;
  private Double best;

  private ModelCheckpoint(Config c, Path folder, NetworkWriter writer) {
    this.folder = folder;
    this.writer = writer;
    filepath = c.get("filepath");
    monitor = Monitor.read(c, 0);
    bestOnly = c.flag("save_best_only", false);
    weightsOnly = c.flag("save_weights_only", false);
    // Kept when another fit is given the same object, as Keras does.
    best = c.has("initial_value_threshold") ? (Double) c.number("initial_value_threshold") : null;
    period = c.integer("period", 1);
    steps = frequency(c);
    if (List.of(".keras", ".h5", ".hdf5").stream().noneMatch(filepath.string()::endsWith)) {
      throw filepath.wrong("a name that ends in .keras or .h5");
    }
  }

  /** Steps after which is saved, or 0 for epochs. */
  static int frequency(Config c) {
    if (!c.has("save_freq") || c.get("save_freq").isString()) {
      if (!c.string("save_freq", "epoch").equals("epoch")) {
        throw c.get("save_freq").wrong("\"epoch\" or a number of steps");
      }
      return 0;
    }
    if (c.integer("save_freq") < 1) {
      throw c.get("save_freq").wrong("\"epoch\" or a number of steps");
    }
    return c.integer("save_freq");
  }

  static ModelCheckpoint read(Config c, Path folder, NetworkWriter writer) {
    c.ignore("verbose");
    ModelCheckpoint made = new ModelCheckpoint(c, folder, writer);
    Templates.inside(folder, made.filepath);
    return made;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public void onTrainBegin(Training training) {
    if (bestOnly) {
      monitor.check("ModelCheckpoint", training);
    }
  }

  @Override
  public void onEpochBegin(Training training, int number) {
    epoch = number;
  }

  @Override
  public void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {
    if (steps > 0 && ++stepsSince >= steps) {
      stepsSince = 0;
      save(training, logs, (int) batch);
    }
  }

  @Override
  public void onEpochEnd(Training training, int number, Map<String, Double> logs) {
    if (steps == 0 && ++epochsSince >= period) {
      epochsSince = 0;
      save(training, logs, null);
    }
  }

  private void save(Training training, Map<String, Double> logs, Integer batch) {
    Double value = monitor.value(logs);
    if (bestOnly && value != null) {
      if (!monitor.better(training, value, best)) {
        return;
      }
      best = value;
    }
    Map<String, Number> fields = new LinkedHashMap<>(logs);
    fields.put("epoch", epoch + 1);
    if (batch != null) {
      fields.put("batch", batch + 1);
    }
    String name = Templates.fill(filepath.string(), fields);
    Path file = Templates.inside(folder, Config.of(name, filepath.where()));
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new DataException(file + ": no folder can be made for it: " + e.getMessage(), e);
    }
    writer.write(training, file, weightsOnly);
  }

  @Override
  public Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("epoch", epoch);
    state.put("steps_since", stepsSince);
    state.put("epochs_since", epochsSince);
    state.put("best", best);
    return state;
  }

  @Override
  public void restore(Config state) {
    epoch = state.integer("epoch");
    stepsSince = state.integer("steps_since");
    epochsSince = state.integer("epochs_since");
    best = state.has("best") ? (Double) Position.number(state.get("best")) : null;
  }
}
