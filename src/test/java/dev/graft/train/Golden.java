package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.layers.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The goldens of training: what tools/goldens/training.py wrote, read as a recipe would be. */
final class Golden {
  static final Path FOLDER = Path.of("src/test/resources/goldens/training");
  private static final Config SHARED = Config.read(FOLDER.resolve("cases.json"));
  private static final Map<String, Config> RESULTS = new HashMap<>();

  /** One case in one library. */
  record Case(String library, String name) {
    @Override
    public String toString() {
      return library + " " + name;
    }
  }

  private final Case which;
  private final Config config;
  private final Config result;

  Golden(Case which) {
    this.which = which;
    this.config = SHARED.get("cases").get(which.name());
    this.result = results(which.library()).get(which.name());
  }

  private static Config results(String library) {
    return RESULTS.computeIfAbsent(
        library, l -> Config.read(FOLDER.resolve(l + ".json")).get("cases"));
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String library : List.of("keras3", "tf_keras")) {
      results(library).keys().forEach(name -> cases.add(new Case(library, name)));
    }
    return cases;
  }

  Config config() {
    return config;
  }

  Config result() {
    return result;
  }

  private String net() {
    return config.string("net");
  }

  Model model() {
    int[] input =
        SHARED.get("inputs").has(net())
            ? SHARED.get("inputs").get(net()).integers()
            : SHARED.get("image").integers();
    Config layers = Config.of(SHARED.get("nets").get(net()).plain(), "cases.json: " + net());
    return Nets.chain(
        layers,
        new HashSet<>(config.strings("frozen")),
        net().equals("two") ? 2 : 1,
        Arrays.stream(input).asLongStream().toArray());
  }

  /** The weights every case of this net starts with. */
  Map<String, float[]> first() {
    return cut(npz("first.npz", net()).floats());
  }

  /** The weights after training. */
  Map<String, float[]> last() {
    return cut(npz(which.library() + ".npz", which.name()).floats());
  }

  private Map<String, float[]> cut(float[] all) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    int at = 0;
    for (Config weight : SHARED.get("weights").get(net()).items()) {
      int size = Arrays.stream(weight.items().get(1).integers()).reduce(1, (a, b) -> a * b);
      weights.put(weight.items().get(0).string(), Arrays.copyOfRange(all, at, at += size));
    }
    return weights;
  }

  Rows rows(String part) {
    String x = net().equals("steps") ? "x_steps" : "x";
    return new Rows(List.of(data(part, x)), forOutputs("y", name -> data(part, name)));
  }

  /** An entry for each output, from one name or a map of names. */
  <T> List<T> forOutputs(String key, Function<String, T> make) {
    Config value = config.get(key);
    return value.isObject()
        ? value.keys().stream().map(k -> make.apply(value.string(k))).toList()
        : List.of(make.apply(value.string()));
  }

  NpyArray data(String part, String name) {
    return npz("data.npz", part + "." + name);
  }

  private static NpyArray npz(String file, String name) {
    try (NpzFile npz = NpzFile.open(FOLDER.resolve(file))) {
      return npz.array(name);
    }
  }

  /** What Graft makes of the case. */
  Stage stage(Callback recorder) {
    List<String> outputs = model().outputs().stream().map(dev.graft.layers.Ref::layer).toList();
    List<Objective.Output> wanted = new ArrayList<>();
    for (String output : outputs) {
      boolean several = outputs.size() > 1;
      Config loss = several ? config.get("loss").get(output) : config.get("loss");
      wanted.add(
          new Objective.Output(
              output,
              Losses.read(copy(loss)),
              config.has("loss_weights") ? config.get("loss_weights").number(output) : 1,
              metrics("metrics", several ? output : null),
              metrics("weighted_metrics", several ? output : null)));
    }
    Map<String, Object> fit = new LinkedHashMap<>();
    for (String key :
        List.of(
            "initial_epoch",
            "steps_per_epoch",
            "validation_freq",
            "validation_steps",
            "validation_batch_size")) {
      if (config.has(key)) {
        fit.put(key, config.get(key).plain());
      }
    }
    fit.put("epochs", config.integer("epochs", SHARED.integer("epochs")));
    fit.put("batch_size", SHARED.integer("batch_size"));
    fit.put("shuffle", false);
    List<Callback> callbacks = new ArrayList<>();
    if (config.has("callbacks")) {
      callbacks.addAll(
          Callbacks.read(
              copy(config.get("callbacks")),
              new Callbacks.Setting(Path.of("unused"), null, Map.of())));
    }
    callbacks.add(recorder);
    return Stage.of(
            which.name(),
            new Objective(wanted),
            Optimizers.read(copy(config.get("optimizer"))),
            Pace.read(Config.of(fit, "fit")))
        .with(weighting())
        .with(Stage.Cache.OFF)
        .with(callbacks.toArray(Callback[]::new));
  }

  private static Config copy(Config value) {
    return Config.of(value.plain(), value.where());
  }

  private List<Metric> metrics(String key, String output) {
    if (!config.has(key)) {
      return List.of();
    }
    Config list = output == null ? config.get(key) : config.get(key).get(output);
    return copy(list).items().stream().map(Metrics::read).toList();
  }

  private Weighting weighting() {
    Map<Integer, Double> classes = new LinkedHashMap<>();
    if (config.has("class_weight")) {
      Config weights = config.get("class_weight");
      weights.keys().forEach(k -> classes.put(Integer.valueOf(k), weights.number(k)));
    }
    List<Weighting.Samples> samples =
        config.has("weight")
            ? forOutputs(
                "weight",
                name -> {
                  NpyArray array = data("train", name);
                  int width = array.shape().length == 1 ? 1 : (int) array.shape()[1];
                  return new Weighting.Samples(array.floats(), width);
                })
            : List.of();
    return new Weighting(classes, samples);
  }
}
