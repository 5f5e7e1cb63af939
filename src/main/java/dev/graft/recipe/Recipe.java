package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Context;
import dev.graft.data.Data;
import dev.graft.data.Parts;
import dev.graft.data.Plan;
import dev.graft.data.Preparation;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.layers.Spec;
import dev.graft.model.Summary;
import dev.graft.train.DataCheck;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A recipe that was read and checked: files are there, shapes fit, every key was understood.
 *
 * <p>Close it to free the examples.
 *
 * @param name of the run
 * @param seed of initial weights, order, augmentation and dropout
 * @param start the model before the first stage
 * @param stages in order, each with its model
 * @param opened the examples of the stages, and their preparation
 * @param exports the kinds of file to write
 * @param resolved the recipe with absolute paths and all defaults, as plain data
 */
public record Recipe(
    String name,
    long seed,
    Grafted start,
    List<StageReader.Planned> stages,
    Map<StageData.Chosen, Data> opened,
    List<String> exports,
    Map<String, Object> resolved)
    implements AutoCloseable {
  /** The kinds of file a run can write. */
  static final List<String> EXPORTS = List.of("saved-model", "keras", "h5");

  /**
   * Reads a recipe and checks all of it: keys, files, shapes, weights, and every picture.
   *
   * @param folder where the run is going to write
   * @throws dev.graft.error.GraftException naming the place in the recipe, or the file
   */
  public static Recipe read(RecipeFile file, Path folder, Surroundings around) {
    Config root = file.config();
    Path base = Path.of("").toAbsolutePath();
    if (root.integer("graft") != 1) {
      throw new SettingException(
          root.where("graft")
              + ": this Graft reads recipes of version 1, came "
              + root.integer("graft")
              + ".");
    }
    String name = root.string("name");
    if (!RecipeFile.NAME.matcher(name).matches()) {
      throw root.get("name").wrong("letters, digits, dots, dashes and underscores");
    }
    long seed = root.has("seed") ? root.get("seed").whole() : 42;
    List<Config> stages = StageReader.inherit(root.get("stages"));
    Config model = root.get("model");
    StageData data =
        new StageData(root, Context.training(base, around.places(), around.progress()));
    StageReader reader = new StageReader(model, around, data, folder);
    StageData.Chosen first = data.of(stages.get(0), reader.labels(stages.get(0)), List.of());
    List<String> exports = exports(root);
    int classes = first.parts().train().classes().size();
    long[] shape = DataReader.pictures(first.config());
    if (shape == null && model.has("layers")) {
      shape = DataReader.stored(first.parts().train());
    }
    Grafted grafted = new ModelReader(base, around, shape, classes).read(model);
    List<StageReader.Planned> planned = reader.read(stages, grafted);
    Map<StageData.Chosen, Plan> plans = plans(data.all(), planned);
    if (root.has("data")) {
      root.get("data").ignore();
    }
    root.done();
    grafted.weights().check(grafted.model());
    // Last, because it decodes every picture once.
    Map<StageData.Chosen, Data> opened = open(plans, around);
    for (StageReader.Planned stage : planned) {
      DataCheck.check(
          root.where() + ", stage '" + stage.stage().name() + "'",
          opened.get(stage.data()).train(),
          stage.model().model(),
          stage.stage().objective());
    }
    Preprocessing image = opened.get(first).how().image();
    return new Recipe(
        name,
        seed,
        grafted,
        planned,
        opened,
        exports,
        resolved(root, stages, root.has("data") ? image : null, seed));
  }

  private static List<String> exports(Config root) {
    List<String> exports = root.has("export") ? root.strings("export") : EXPORTS;
    for (String export : exports) {
      if (!EXPORTS.contains(export)) {
        throw root.get("export").wrong("some of " + String.join(", ", EXPORTS));
      }
    }
    return exports;
  }

  /** How each of the data is prepared for the first stage that learns from it. */
  private static Map<StageData.Chosen, Plan> plans(
      List<StageData.Chosen> all, List<StageReader.Planned> stages) {
    Map<StageData.Chosen, Plan> plans = new LinkedHashMap<>();
    for (StageData.Chosen chosen : all) {
      for (StageReader.Planned stage : stages) {
        if (stage.data() == chosen && !plans.containsKey(chosen)) {
          Preprocessing image = image(stage.model(), chosen.config(), chosen.parts());
          plans.put(
              chosen,
              Plan.read(
                  chosen.config(), chosen.parts(), new Preparation(image, chosen.labels())));
          chosen.config().done();
        }
      }
    }
    return plans;
  }

  private static Map<StageData.Chosen, Data> open(
      Map<StageData.Chosen, Plan> plans, Surroundings around) {
    Map<StageData.Chosen, Data> opened = new LinkedHashMap<>();
    try {
      plans.forEach(
          (chosen, plan) -> opened.put(chosen, plan.open(around.progress(), around.settings())));
      return opened;
    } catch (RuntimeException e) {
      opened.values().forEach(Data::close);
      throw e;
    }
  }

  /** The examples of a stage. */
  Data data(StageReader.Planned stage) {
    return opened.get(stage.data());
  }

  /** The examples of the last stage, which the finished model is for. */
  public Data data() {
    return data(stages.get(stages.size() - 1));
  }

  /** Pictures take the size and channels that the model wants, and its preparation. */
  private static Preprocessing image(Grafted grafted, Config data, Parts parts) {
    Preprocessing absent = grafted.note().image();
    if (absent == null) {
      Config image = data.has("image") ? data.get("image") : null;
      if (parts.train().file(0) != null
          && (image == null || !(image.has("preprocess") || image.has("rescale")))) {
        throw new SettingException(
            data.where()
                + ": nothing says how this model wants its pictures. Set image.preprocess to an"
                + " application's name or none, or image.rescale.");
      }
      absent = Preprocessing.none();
    }
    Spec input = grafted.model().specs().get(grafted.model().inputs().get(0));
    if (input.rank() != 4 || input.size(1) < 1 || input.size(2) < 1) {
      return absent;
    }
    Preprocessing.Color color =
        input.size(3) == 1 ? Preprocessing.Color.GRAYSCALE : Preprocessing.Color.RGB;
    return absent.sized((int) input.size(1), (int) input.size(2), color);
  }

  private static Map<String, Object> resolved(
      Config root, List<Config> stages, Preprocessing image, long seed) {
    Map<String, Object> all = new LinkedHashMap<>();
    @SuppressWarnings("unchecked")
    Map<String, Object> plain = (Map<String, Object>) root.plain();
    all.putAll(plain);
    all.put("seed", seed);
    if (image != null) {
      @SuppressWarnings("unchecked")
      Map<String, Object> data = new LinkedHashMap<>((Map<String, Object>) plain.get("data"));
      data.put("image", image.config());
      all.put("data", data);
    }
    all.put("stages", stages.stream().map(Config::plain).toList());
    return all;
  }

  /** One line for people: what will be trained on what. */
  public String opening() {
    Data first = data(stages.get(0));
    Summary summary = Summary.of(stages.get(0).model().model());
    return String.format(
        Locale.ROOT,
        "%s: %d examples to train on%s, %,d parameters, %,d of them trained",
        name,
        first.train().size(),
        first.validation() == null ? "" : ", " + first.validation().size() + " to validate with",
        summary.total(),
        summary.trainable());
  }

  @Override
  public void close() {
    opened.values().forEach(Data::close);
  }
}
