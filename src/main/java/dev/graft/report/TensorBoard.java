package dev.graft.report;

import dev.graft.config.Config;
import dev.graft.layers.Model;
import dev.graft.layers.WeightStore;
import dev.graft.train.Callback;
import dev.graft.train.Training;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes events as Keras's callback of this name does: runs {@code train} and {@code validation},
 * tags {@code epoch_loss}, {@code epoch_accuracy}, …, {@code epoch_learning_rate} (Keras 3.15,
 * {@code callbacks/tensorboard.py}).
 *
 * <p>Steps go on over the stages of a run, so that their curves stand one after the other.
 */
public final class TensorBoard implements Callback, AutoCloseable {
  private final Path folder;
  private final Settings settings;
  private final Map<String, EventFile> runs = new LinkedHashMap<>();
  private long step;
  private long batches;

  /**
   * What is written besides the scalars of every epoch.
   *
   * @param histogramFreq weights are written each so many epochs; 0 for never
   * @param writeGraph whether the network's ops are
   * @param frozen whether the histograms of frozen weights, which stay as they are, are written too
   * @param updateFreq running loss and metrics are written each so many batches; 0 for never
   */
  public record Settings(int histogramFreq, boolean writeGraph, boolean frozen, int updateFreq) {
    /** Keras's defaults. */
    public static final Settings STANDARD = new Settings(0, true, true, 0);
  }

  /**
   * A callback that writes below {@code folder}.
   *
   * @param firstStep how many epochs are in it already: those of earlier stages, or before a
   *     restart
   */
  public TensorBoard(Path folder, Settings settings, long firstStep) {
    this.folder = folder;
    this.settings = settings;
    this.step = firstStep;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public void onTrainBegin(Training training) {
    if (settings.writeGraph() && step == 0) {
      run("train").graph(training.network().graph().toGraphDef());
    }
  }

  @Override
  public void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {
    batches++;
    if (settings.updateFreq() > 0 && batches % settings.updateFreq() == 0) {
      logs.forEach((name, value) -> run("train").scalar("batch_" + name, batches, value));
    }
  }

  @Override
  public void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {
    logs.forEach(this::epochValue);
    if (settings.histogramFreq() > 0 && step % settings.histogramFreq() == 0) {
      List<String> names =
          training.network().model().variables().stream()
              .filter(v -> settings.frozen() || v.trainable())
              .map(Model.Variable::name)
              .toList();
      WeightStore values = training.network().unchanging(names);
      for (String name : names) {
        String tag = name + "/histogram";
        values.read(name, read -> run("train").histogram(tag, step, read));
      }
    }
    step++;
    runs.values().forEach(EventFile::flush);
  }

  private void epochValue(String name, double value) {
    boolean validation = name.startsWith("val_");
    String tag = "epoch_" + (validation ? name.substring("val_".length()) : name);
    run(validation ? "validation" : "train").scalar(tag, step, value);
  }

  private EventFile run(String name) {
    return runs.computeIfAbsent(
        name,
        key -> {
          EventFile file = EventFile.in(folder.resolve(key));
          if (step > 0) {
            file.restart(step);
          }
          return file;
        });
  }

  @Override
  public void onTrainEnd(Training training) {
    close();
  }

  @Override
  public Map<String, Object> state() {
    return Map.of("step", step, "batches", batches);
  }

  @Override
  public void restore(Config state) {
    step = state.get("step").whole();
    batches = state.get("batches").whole();
  }

  @Override
  public void close() {
    runs.values().forEach(EventFile::close);
    runs.clear();
  }
}
