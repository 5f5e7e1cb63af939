package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;

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

/** A training run of real Keras; made by tools/goldens/training.py, which says what is in it. */
record TrainingCase(String library, String name, Config settings, Config golden) {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/training");
  private static final Map<String, Map<String, NpyArray>> ARRAYS = new HashMap<>();

  /** All runs of both libraries. */
  static List<TrainingCase> all() {
    Config cases = document("cases");
    List<TrainingCase> all = new ArrayList<>();
    for (String library : List.of("keras3", "tf_keras")) {
      Config results = document(library).get("cases");
      for (String name : cases.get("cases").keys()) {
        Config settings = cases.get("cases").get(name);
        if (settings.strings("libraries").contains(library)) {
          all.add(new TrainingCase(library, name, settings, results.get(name)));
        }
      }
    }
    return all;
  }

  Generation generation() {
    return library.equals("keras3") ? Generation.KERAS_3 : Generation.KERAS_2;
  }

  private static Config document(String name) {
    return Config.read(FOLDER.resolve(name + ".json"));
  }

  private static synchronized NpyArray array(String file, String name) {
    return ARRAYS
        .computeIfAbsent(
            file,
            f -> {
              Map<String, NpyArray> arrays = new LinkedHashMap<>();
              try (NpzFile npz = NpzFile.open(FOLDER.resolve(f + ".npz"))) {
                npz.names().forEach(n -> arrays.put(n, npz.array(n)));
              }
              return arrays;
            })
        .get(name);
  }

  /** The net in Graft's words, with what the case freezes. */
  Model model() {
    Config document = document("cases");
    String net = settings.string("net");
    long[] input =
        document.get("inputs").has(net)
            ? longs(document.get("inputs").get(net))
            : longs(document.get("image"));
    List<Object> layers = new ArrayList<>();
    document.get("nets").get(net).items().forEach(layer -> layers.add(words(layer)));
    return Nets.chain(
        Config.of(layers, "net " + net),
        new HashSet<>(settings.has("frozen") ? settings.strings("frozen") : List.of()),
        net.equals("two") ? 2 : 1,
        input);
  }

  /** A layer's config as the reader of Keras files hands it on. */
  @SuppressWarnings("unchecked")
  private Object words(Config layer) {
    Map<String, Object> entry = new LinkedHashMap<>((Map<String, Object>) layer.plain());
    if (generation() == Generation.KERAS_2 && entry.containsKey("BatchNormalization")) {
      Map<String, Object> settings =
          new LinkedHashMap<>((Map<String, Object>) entry.get("BatchNormalization"));
      settings.put("sample_variance", true);
      entry.put("BatchNormalization", settings);
    }
    return entry;
  }

  private static long[] longs(Config list) {
    return Arrays.stream(list.integers()).asLongStream().toArray();
  }

  /** The weights of {@code model} before the first step, by name. */
  Map<String, float[]> first(Model model) {
    return split(array("first", settings.string("net")), model);
  }

  /** The weights of {@code model} after the last, by name. */
  Map<String, float[]> last(Model model) {
    return split(array(library, name), model);
  }

  /** Keras's weights, which stand one after the other in its order. */
  private Map<String, float[]> split(NpyArray all, Model model) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    float[] values = all.floats();
    int at = 0;
    List<Config> shapes = document("cases").get("weights").get(settings.string("net")).items();
    List<Model.Variable> variables = model.variables();
    assertThat(variables).hasSameSizeAs(shapes);
    for (int i = 0; i < shapes.size(); i++) {
      Model.Variable variable = variables.get(i);
      assertThat(variable.slot().shape().asArray())
          .as(variable.name())
          .isEqualTo(longs(shapes.get(i)));
      int size = Math.toIntExact(variable.slot().shape().size());
      weights.put(variable.name(), Arrays.copyOfRange(values, at, at + size));
      at += size;
    }
    return weights;
  }

  /** The examples of {@code part}: train or validation. */
  Rows rows(String part) {
    String x = document("cases").get("x").string(settings.string("net"), "x");
    return new Rows(List.of(array("data", part + "." + x)), arrays(part, "y"));
  }

  /** What {@code key} names, an array for each output. */
  List<NpyArray> arrays(String part, String key) {
    if (!settings.has(key)) {
      return List.of();
    }
    Config value = settings.get(key);
    List<String> names =
        value.isString()
            ? List.of(value.string())
            : value.keys().stream().map(value::string).toList();
    return names.stream().map(n -> array("data", part + "." + n)).toList();
  }

  int batchSize() {
    return settings.integer("batch_size", document("cases").integer("batch_size"));
  }

  int epochs() {
    return settings.integer("epochs", document("cases").integer("epochs"));
  }

  /** How the test's display names it. */
  @Override
  public String toString() {
    return library + " " + name;
  }
}
