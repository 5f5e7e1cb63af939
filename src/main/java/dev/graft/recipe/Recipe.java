package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Context;
import dev.graft.data.Data;
import dev.graft.data.Parts;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Summary;
import dev.graft.network.FrozenLayer;
import dev.graft.progress.Progress;
import dev.graft.train.DataCheck;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A recipe that was read and checked: files are there, shapes fit, every key was understood.
 *
 * <p>Close it to free the examples.
 *
 * @param name of the run
 * @param seed of initial weights, order, augmentation and dropout
 * @param start the model before the first stage
 * @param stages in order, each with its model
 * @param stageData for each stage, examples to learn from, to validate with and to test with, and
 *     their preparation; stages may share them
 * @param exports the kinds of file to write
 * @param before the training that the first stage goes on with; null when it starts one
 * @param resolved the recipe with absolute paths and all defaults, as plain data
 */
public record Recipe(
    String name,
    long seed,
    Grafted start,
    List<StageReader.Planned> stages,
    List<Data> stageData,
    List<String> exports,
    FileTraining before,
    Map<String, Object> resolved)
    implements AutoCloseable {
  /** The kinds of file a run can write. */
  static final List<String> EXPORTS = List.of("saved-model", "keras", "h5", "graphdef");

  private static final List<String> USUAL_EXPORTS = List.of("saved-model", "keras", "h5");

  /** Keras has no layer that is a frozen graph. */
  private static final List<String> EXPORTS_OF_GRAPHS = List.of("saved-model", "graphdef");

  /**
   * Reads a recipe and checks all of it: keys, files, shapes, weights, and every picture.
   *
   * @param folder where the run is going to write
   * @throws dev.graft.error.GraftException naming the place in the recipe, or the file
   */
  public static Recipe read(RecipeFile file, Path folder, Surroundings around) {
    Config root = file.config();
    Path base = Path.of("").toAbsolutePath();
    String name = name(root);
    long seed = root.has("seed") ? root.get("seed").whole() : 42;
    FileTraining before =
        FileTraining.of(root.get("stages"), root.get("model").afresh(), base, around);
    List<Config> stages =
        StageReader.inherit(before == null ? root.get("stages") : before.completed());
    // Nothing is written yet: while images are looked at, it may end at once.
    Progress progress = around.progress().until(around.interrupted());
    Context context = Context.training(base, around.places(), progress);
    StageData stageData =
        new StageData(root.get("data"), file.plain().get("data"), around.additions())
            .read(stages, context);
    Config model = root.get("model");
    Grafted grafted =
        new ModelReader(
                base,
                around,
                DataReader.pictures(stageData.config(0)),
                DataReader.stored(stageData.parts(0)),
                stageData.parts(0).train().classes().size())
            .read(model);
    Config defaults = model.has("defaults") ? model.get("defaults") : null;
    List<StageReader.Planned> planned =
        new StageReader(
                classes -> new HeadReader(around.layers(), defaults, classes),
                around.additions(),
                stageData,
                folder)
            .read(stages, grafted);
    if (before != null) {
      before.check(planned.get(0).stage().optimizer());
    }
    Model last = planned.get(planned.size() - 1).model().model();
    List<String> exports = exports(root, last, around);
    stageData.fit(grafted.model());
    stageData.plan((config, parts) -> image(grafted, config, parts));
    root.ignore(RecipeFile.FULL);
    root.done();
    grafted.weights().check(grafted.model());
    // Last, because it decodes every picture once.
    List<Data> data = stageData.open(context, around.settings());
    check(root, planned, data);
    return new Recipe(
        name,
        seed,
        grafted,
        planned,
        data,
        exports,
        before,
        resolved(root, stages, data.get(0).how().image(), seed));
  }

  /** The run's name, once the recipe is known to be one that this Graft reads. */
  private static String name(Config root) {
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
    return name;
  }

  private static List<String> exports(Config root, Model model, Surroundings around) {
    boolean graph = model.layers().stream().anyMatch(entry -> entry.layer() instanceof FrozenLayer);
    List<String> known = graph ? EXPORTS_OF_GRAPHS : EXPORTS;
    if (!root.has("export")) {
      return graph
          ? EXPORTS_OF_GRAPHS
          : USUAL_EXPORTS.stream().filter(kind -> sayable(kind, model, around)).toList();
    }
    List<String> exports = root.strings("export");
    for (String export : exports) {
      if (!known.contains(export)) {
        throw root.get("export").wrong("some of " + String.join(", ", known));
      }
      String refusal = Exports.refusal(export, model);
      if (refusal != null) {
        throw new SettingException(
            root.where("export") + ": " + export + ": " + refusal + " Leave it out here.");
      }
    }
    return exports;
  }

  /** Told before training rather than after it. */
  private static boolean sayable(String kind, Model model, Surroundings around) {
    String refusal = Exports.refusal(kind, model);
    if (refusal != null) {
      around.progress().on(new Progress.Message(kind + " is left out: " + refusal));
    }
    return refusal == null;
  }

  private static void check(Config root, List<StageReader.Planned> stages, List<Data> data) {
    for (int i = 0; i < stages.size(); i++) {
      DataCheck.check(
          root.where() + ", stage '" + stages.get(i).stage().name() + "'",
          data.get(i).train(),
          stages.get(i).model().model(),
          stages.get(i).stage().objective());
    }
  }

  /** The data of the last stage: what the trained model is about. */
  public Data data() {
    return stageData.get(stageData.size() - 1);
  }

  /** The data of stage {@code index}. */
  public Data data(int index) {
    return stageData.get(index);
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
                + " application's name or none, or image.rescale; without a recipe --preprocess"
                + " or --rescale.");
      }
      absent = Preprocessing.none();
    }
    Spec input = grafted.model().specs().get(grafted.model().inputs().get(0));
    if (input.rank() != 4 || input.size(1) < 1 || input.size(2) < 1) {
      return absent;
    }
    Preprocessing.Color color = Preprocessing.Color.of(input.size(3));
    return absent.sized((int) input.size(1), (int) input.size(2), color);
  }

  private static Map<String, Object> resolved(
      Config root, List<Config> stages, Preprocessing image, long seed) {
    Map<String, Object> all = new LinkedHashMap<>();
    @SuppressWarnings("unchecked")
    Map<String, Object> plain = (Map<String, Object>) root.plain();
    all.putAll(plain);
    all.remove(RecipeFile.FULL);
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
    Summary summary = Summary.of(stages.get(0).model().model());
    return String.format(
        Locale.ROOT,
        "%s: %d examples to train on%s, %,d parameters, %,d of them trained",
        name,
        data(0).train().size(),
        data(0).validation() == null
            ? ""
            : ", " + data(0).validation().size() + " to validate with",
        summary.total(),
        summary.trainable());
  }

  @Override
  public void close() {
    // Stages may share one; that two are the same can be seen without looking into them.
    Set<Data> each = Collections.newSetFromMap(new IdentityHashMap<>());
    each.addAll(stageData);
    each.forEach(Data::close);
  }
}
