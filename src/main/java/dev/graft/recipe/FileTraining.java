package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.keras.CompileSettings;
import dev.graft.keras.KerasFile;
import dev.graft.keras.OptimizerState;
import dev.graft.keras.WeightFile;
import dev.graft.network.Network;
import dev.graft.train.Optimizer;
import dev.graft.train.OptimizerMemory;
import dev.graft.train.Optimizers;
import dev.graft.train.Position;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Goes on with the training of the Keras file that a recipe loads: its compile settings, where the
 * first stage says nothing else, its optimizer's slots and count of updates.
 */
final class FileTraining {
  private final KerasFile file;
  private final Config stages;
  private final Config stage;

  private FileTraining(KerasFile file, Config stages, Config stage) {
    this.file = file;
    this.stages = stages;
    this.stage = stage;
  }

  /** The file that the first stage goes on with; null when it does not. */
  static FileTraining of(Config stages, Config model, Path base, Surroundings around) {
    List<Config> items = stages.afresh().items();
    if (items.isEmpty() || !items.get(0).isObject() || !items.get(0).flag("continue", false)) {
      return null;
    }
    Config stage = items.get(0).afresh();
    if (!model.has("load")) {
      throw new SettingException(
          stage.where("continue")
              + ": this is the first stage, and the model comes from no Keras file that was"
              + " trained. Load one with model.load, or remove \"continue\".");
    }
    Path path = base.resolve(model.string("load"));
    KerasFile file = KerasFile.open(path, around.layers());
    if (file.compile() == null) {
      throw new SettingException(
          stage.where("continue")
              + ": "
              + path
              + " has no compile settings that can be gone on with. Remove \"continue\", and give"
              + " optimizer and loss.");
    }
    return new FileTraining(file, stages, stage);
  }

  /**
   * The stages, the first with what the file says of optimizer, loss and metrics where it says
   * nothing.
   */
  Config completed() {
    CompileSettings compile = file.compile();
    @SuppressWarnings("unchecked")
    Map<String, Object> all = new LinkedHashMap<>((Map<String, Object>) stage.plain());
    Map<String, Object> optimizer = new LinkedHashMap<>();
    optimizer.put("class_name", compile.optimizer());
    optimizer.put("config", compile.optimizerConfig());
    all.putIfAbsent("optimizer", optimizer);
    putIfAbsent(all, "loss", compile.loss());
    putIfAbsent(all, "metrics", compile.metrics());
    putIfAbsent(all, "weighted_metrics", compile.weightedMetrics());
    putIfAbsent(all, "loss_weights", compile.lossWeights());
    List<Object> list = new ArrayList<>((List<?>) stages.afresh().plain());
    list.set(0, all);
    return stages.replacedBy(list);
  }

  private static void putIfAbsent(Map<String, Object> all, String key, Object value) {
    if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
      all.putIfAbsent(key, value);
    }
  }

  /** Refuses another rule than the file's: its slots would mean nothing to it. */
  void check(Optimizer now) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("class_name", file.compile().optimizer());
    settings.put("config", file.compile().optimizerConfig());
    Optimizer old = Optimizers.read(Config.of(settings, file.path() + ": optimizer"));
    if (!old.className().equals(now.className())
        || !old.rule().config().keySet().equals(now.rule().config().keySet())) {
      throw new SettingException(
          stage.where("optimizer")
              + ": with \"continue\" the file's optimizer "
              + old.className()
              + " goes on, came "
              + now.className()
              + ". Remove \"continue\", or the other optimizer.");
    }
  }

  /** Gives {@code network} the optimizer's slots; where training then is. */
  Position into(Network network, Optimizer optimizer, int initialEpoch) {
    try (WeightFile weights = WeightFile.open(file.path())) {
      OptimizerState state = file.optimizer(weights);
      if (state == null) {
        throw new SettingException(
            stage.where("continue")
                + ": "
                + file.path()
                + " holds no optimizer state. Remove \"continue\": the optimizer starts afresh.");
      }
      OptimizerMemory.into(network, optimizer, state);
      return Position.after(initialEpoch, state.iterations());
    }
  }
}
