package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.keras.KerasWriter;
import dev.graft.layers.BatchNormalization;
import dev.graft.layers.Ref;
import dev.graft.model.Freeze;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.report.TensorBoard;
import dev.graft.train.Averages;
import dev.graft.train.Callbacks;
import dev.graft.train.Generation;
import dev.graft.train.Optimizers;
import dev.graft.train.Pace;
import dev.graft.train.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/** Reads the {@code stages} of a recipe, each inheriting from the one before. */
final class StageReader {
  /** What a stage says for itself alone. */
  private static final Set<String> OWN =
      Set.of("name", "epochs", "initial_epoch", "head", "freeze", "unfreeze", "continue");

  private final IntFunction<HeadReader> heads;
  private final StageData data;
  private final Callbacks.Setting callbacks;

  /**
   * A reader.
   *
   * @param heads a reader of layers by the number of classes in the data
   * @param data of the stages, whose labels decide what "balanced" class weights are
   * @param folder the run folder, where callbacks write
   */
  StageReader(IntFunction<HeadReader> heads, StageData data, Path folder) {
    this.callbacks =
        new Callbacks.Setting(
            folder,
            StageReader::write,
            Map.of("TensorBoard", c -> TensorBoard.read(c, folder)));
    this.heads = heads;
    this.data = data;
  }

  private static void write(Network network, Path file, boolean weightsOnly) {
    String name = file.toString();
    KerasWriter.Contents contents = KerasWriter.Contents.of(network.model(), network);
    if (name.endsWith(".weights.h5")) {
      KerasWriter.weightsV3(file, network.model(), network);
    } else if (weightsOnly) {
      KerasWriter.weightsH5(file, network.model(), network);
    } else if (name.endsWith(".keras")) {
      KerasWriter.keras(file, contents);
    } else {
      KerasWriter.wholeH5(file, contents);
    }
  }

  /** A stage with the model it trains. */
  record Planned(Stage stage, Grafted model, boolean goesOn) {}

  /** The stages as they are after inheriting, each with its place. */
  static List<Config> inherit(Config stages) {
    List<Config> merged = new ArrayList<>();
    Map<String, Object> before = Map.of();
    for (Config stage : stages.items()) {
      Map<String, Object> all = new LinkedHashMap<>(before);
      all.keySet().removeAll(OWN);
      all.putAll(map(stage.plain()));
      merged.add(Config.of(all, stage.where()));
      before = all;
    }
    if (merged.isEmpty()) {
      throw new SettingException(stages.where() + ": expected at least one stage.");
    }
    return merged;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object plain) {
    if (!(plain instanceof Map)) {
      throw new SettingException("stages: expected an object for each stage, came " + plain + ".");
    }
    return (Map<String, Object>) plain;
  }

  /** Reads every stage, following the model through heads and freezing. */
  List<Planned> read(List<Config> stages, Grafted start) {
    List<Planned> planned = new ArrayList<>();
    Grafted model = start;
    for (int i = 0; i < stages.size(); i++) {
      Config stage = stages.get(i);
      model = like(stage, model(stage, model, i));
      planned.add(new Planned(stage(stage, model, i), model, stage.flag("continue", false)));
      stage.done();
    }
    return planned;
  }

  private Grafted model(Config stage, Grafted before, int index) {
    Grafted model = before;
    if (stage.has("head")) {
      model = withHead(model, stage.get("head"), index);
    }
    if (stage.has("freeze")) {
      Set<String> frozen = Freeze.names(stage.get("freeze"), model.model(), model.trunk());
      model = model.with(Freeze.apply(model.model(), frozen));
    }
    if (stage.has("unfreeze")) {
      Set<String> thawed = Freeze.names(stage.get("unfreeze"), model.model(), model.trunk());
      model = model.with(Freeze.unfreeze(model.model(), thawed));
    }
    return model;
  }

  /** The model as the Keras trains it that the stage names: {@code "keras": 2} or 3. */
  private static Grafted like(Config stage, Grafted model) {
    if (!stage.has("keras")) {
      return model;
    }
    int number = stage.integer("keras");
    if (number != 2 && number != 3) {
      throw stage.get("keras").wrong("2 or 3");
    }
    Generation generation = Generation.of(number);
    boolean sample = generation == Generation.KERAS_2;
    return new Grafted(
        model.model().map(e -> e.with(BatchNormalization.movingLike(e.layer(), sample))),
        model.trunk(),
        model.weights(),
        model.note(),
        generation);
  }

  private static List<String> names(Grafted model) {
    return model.model().outputs().stream().map(Ref::layer).toList();
  }

  private Grafted withHead(Grafted model, Config head, int index) {
    if (model.trunk().isEmpty()) {
      throw new SettingException(
          head.where() + ": this model has no trunk that a new head could go on.");
    }
    String end = null;
    for (var entry : model.model().layers()) {
      end = model.trunk().contains(entry.name()) ? entry.name() : end;
    }
    HeadReader reader = heads.apply(data.parts(index).train().classes().size());
    return model.with(Surgery.graft(Surgery.cut(model.model(), end), reader.read(head)));
  }

  private Stage stage(Config stage, Grafted model, int index) {
    stage.ignore("verbose", "data");
    return new Stage(
        stage.string("name", "stage " + (index + 1)),
        ObjectiveReader.read(stage, model.model(), model.generation()),
        Optimizers.read(stage.has("optimizer") ? stage.get("optimizer") : rmsprop(stage)),
        Pace.read(stage),
        WeightingReader.read(stage, names(model), data.parts(index).train()),
        learningRates(stage),
        stage.has("ema") ? Averages.read(stage.get("ema")) : null,
        cache(stage),
        stage.has("callbacks") ? Callbacks.read(stage.get("callbacks"), callbacks) : List.of());
  }

  /** Keras's {@code compile} has rmsprop where none is given. */
  private static Config rmsprop(Config stage) {
    return Config.of("rmsprop", stage.where("optimizer"));
  }

  private static Map<String, Double> learningRates(Config stage) {
    Map<String, Double> rates = new LinkedHashMap<>();
    if (stage.has("learning_rates")) {
      Config value = stage.get("learning_rates");
      value.keys().forEach(pattern -> rates.put(pattern, value.number(pattern)));
    }
    return rates;
  }

  private static Stage.Cache cache(Config stage) {
    String name = stage.string("cache", "auto");
    for (Stage.Cache cache : Stage.Cache.values()) {
      if (cache.name().toLowerCase(Locale.ROOT).equals(name)) {
        return cache;
      }
    }
    throw stage.get("cache").wrong("auto, memory, disk or off");
  }
}
