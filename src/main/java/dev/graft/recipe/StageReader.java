package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.layers.BatchNormalization;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.model.Freeze;
import dev.graft.model.Surgery;
import dev.graft.train.Additions;
import dev.graft.train.Averages;
import dev.graft.train.Callback;
import dev.graft.train.Callbacks;
import dev.graft.train.Generation;
import dev.graft.train.Optimizer;
import dev.graft.train.Optimizers;
import dev.graft.train.Pace;
import dev.graft.train.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Reads the {@code stages} of a recipe, each inheriting from the one before. */
final class StageReader {
  /** What a stage says for itself alone. */
  private static final Set<String> OWN =
      Set.of("name", "epochs", "initial_epoch", "head", "freeze", "unfreeze", "continue");

  private final IntFunction<HeadReader> heads;
  private final Additions additions;
  private final StageData data;
  private final Path folder;
  private final Map<String, Function<Config, Callback>> others = new LinkedHashMap<>();

  /**
   * A reader.
   *
   * @param heads a reader of layers by the number of classes in the data
   * @param additions a user's own losses, metrics and callbacks
   * @param data of the stages, whose labels decide what "balanced" class weights are
   * @param folder the run folder, where callbacks write
   */
  StageReader(IntFunction<HeadReader> heads, Additions additions, StageData data, Path folder) {
    this.heads = heads;
    this.additions = additions;
    this.data = data;
    this.folder = folder;
    others.put("TensorBoard", config -> TensorBoardReader.read(config, folder));
    others.putAll(additions.callbacks());
  }

  /**
   * A stage with the model it trains.
   *
   * @param opening how it takes over from the stage before
   * @param verbosity how much of it is shown
   */
  record Planned(Stage stage, Grafted model, Opening opening, Verbosity verbosity) {}

  /**
   * How a stage takes over from the one before.
   *
   * @param goesOn with its optimizer: slots, count of updates, callbacks
   * @param keepsRate when it goes on, with the learning rate a callback has set, too
   * @param fresh layers that are new and take no values from the stage before
   */
  record Opening(boolean goesOn, boolean keepsRate, Set<String> fresh) {}

  /** The stages as they are after inheriting, each with its place. */
  static List<Config> inherit(Config stages) {
    List<Config> merged = new ArrayList<>();
    Map<String, Object> before = Map.of();
    for (Config stage : stages.items()) {
      Map<String, Object> all = new LinkedHashMap<>(before);
      all.keySet().removeAll(OWN);
      all.putAll(OldNames.replaced(map(stage.plain()), stage.where(), before));
      merged.add(stage.replacedBy(all));
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
      boolean head = stage.has("head");
      if (i > 0 && !head) {
        sameClasses(stage, i);
      }
      Set<String> trunk = model.trunk();
      model = like(stage, model(stage, model, i));
      Set<String> fresh = head ? names(model.model(), trunk) : Set.of();
      Planned last = i == 0 ? null : planned.get(i - 1);
      Config lastConfig = i == 0 ? null : stages.get(i - 1);
      Opening opening = opening(stage, lastConfig, fresh);
      Stage read = stage(stage, model, i);
      if (opening.goesOn() && last != null) {
        check(stage, last.stage(), read);
        if (stage.has("callbacks") && same(stage, lastConfig, "callbacks")) {
          // Keras's next fit is given the very objects, with what they remember.
          read = read.with(last.stage().callbacks().toArray(Callback[]::new));
        }
      }
      planned.add(new Planned(read, model, opening, Verbosity.read(stage)));
      stage.done();
    }
    return planned;
  }

  /** Without a new head, the last layer has as many units as there were classes before. */
  private void sameClasses(Config stage, int index) {
    List<String> before = data.parts(index - 1).train().classes();
    List<String> now = data.parts(index).train().classes();
    if (!before.isEmpty() && !now.isEmpty() && before.size() != now.size()) {
      throw new SettingException(
          stage.where("data")
              + ": has "
              + now.size()
              + " classes, the stage before had "
              + before.size()
              + ". Give this stage a 'head', too.");
    }
  }

  private static Opening opening(Config stage, Config before, Set<String> fresh) {
    if (!stage.flag("continue", false)) {
      return new Opening(false, false, fresh);
    }
    if (before == null) {
      // With the training of the file that is loaded.
      return new Opening(true, true, fresh);
    }
    return new Opening(true, same(stage, before, "optimizer"), fresh);
  }

  private static boolean same(Config stage, Config before, String key) {
    return stage.has(key)
        ? before.has(key) && stage.get(key).plain().equals(before.get(key).plain())
        : !before.has(key);
  }

  /** An optimizer that goes on may get another learning rate, but not another rule. */
  private static void check(Config stage, Stage before, Stage read) {
    Optimizer old = before.optimizer();
    Optimizer now = read.optimizer();
    if (!old.className().equals(now.className())
        || !old.rule().config().equals(now.rule().config())
        || !old.tuning().equals(now.tuning())) {
      throw new SettingException(
          stage.where("optimizer")
              + ": with \"continue\" the optimizer "
              + old.className()
              + " goes on, only its learning_rate may change. Remove \"continue\", or the other"
              + " optimizer.");
    }
  }

  private static Set<String> names(Model model, Set<String> without) {
    Set<String> names = new HashSet<>();
    model.layers().forEach(entry -> names.add(entry.name()));
    names.removeAll(without);
    return names;
  }

  private Grafted model(Config stage, Grafted before, int index) {
    Grafted now = before;
    if (stage.has("head")) {
      now = withHead(now, stage.get("head"), index);
    }
    if (stage.has("freeze")) {
      Set<String> frozen = Freeze.names(stage.get("freeze"), now.model(), now.trunk());
      now = now.with(Freeze.apply(now.model(), frozen));
    }
    if (stage.has("unfreeze")) {
      Set<String> thawed = Freeze.names(stage.get("unfreeze"), now.model(), now.trunk());
      now = now.with(Freeze.unfreeze(now.model(), thawed));
    }
    return now;
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

  private Grafted withHead(Grafted before, Config head, int index) {
    if (before.trunk().isEmpty()) {
      throw new SettingException(
          head.where() + ": this model has no trunk that a new head could go on.");
    }
    String end = null;
    for (var entry : before.model().layers()) {
      end = before.trunk().contains(entry.name()) ? entry.name() : end;
    }
    HeadReader reader = heads.apply(data.parts(index).train().classes().size());
    Model grafted = Surgery.graft(Surgery.cut(before.model(), end), reader.read(head));
    WeightPlan plan = before.weights();
    Set<String> fresh = names(grafted, before.trunk());
    return new Grafted(
        grafted,
        before.trunk(),
        new WeightPlan(plan.file(), plan.options().withFresh(fresh)),
        before.note(),
        before.generation());
  }

  private Stage stage(Config stage, Grafted grafted, int index) {
    stage.ignore("data", "validation_split");
    List<String> outputs = grafted.model().outputs().stream().map(Ref::layer).toList();
    return new Stage(
        stage.string("name", "stage " + (index + 1)),
        ObjectiveReader.read(stage, grafted.model(), additions, grafted.generation()),
        Optimizers.read(stage.has("optimizer") ? stage.get("optimizer") : rmsprop(stage)),
        Pace.read(stage),
        new WeightingReader(data.parts(index), outputs).read(stage),
        learningRates(stage),
        stage.has("ema") ? Averages.read(stage.get("ema")) : null,
        cache(stage),
        callbacks(stage));
  }

  private List<Callback> callbacks(Config stage) {
    if (!stage.has("callbacks")) {
      return List.of();
    }
    Compiled.Words words = new Compiled.Words(map(stage.plain()), additions);
    return Callbacks.read(stage.get("callbacks"), new Callbacks.Setting(folder, words, others));
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

  /** A place, or {@code {"copies": n, "place"}}, which go to disk unless another place is said. */
  private static Stage.Cache cache(Config stage) {
    if (!stage.has("cache")) {
      return Stage.Cache.AUTO;
    }
    Config cache = stage.get("cache");
    if (!cache.isObject()) {
      return new Stage.Cache(place(cache), 0);
    }
    int copies = cache.integer("copies");
    if (copies < 1) {
      throw cache.get("copies").wrong("a number of at least 1");
    }
    Stage.Place place = cache.has("place") ? place(cache.get("place")) : Stage.Place.DISK;
    if (place == Stage.Place.OFF) {
      throw cache.get("place").wrong("auto, memory or disk");
    }
    return new Stage.Cache(place, copies);
  }

  private static Stage.Place place(Config value) {
    for (Stage.Place place : Stage.Place.values()) {
      if (place.name().toLowerCase(Locale.ROOT).equals(value.string())) {
        return place;
      }
    }
    throw value.wrong("auto, memory, disk or off");
  }
}
