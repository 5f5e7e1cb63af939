package dev.graft.export;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.files.AtomicFiles;
import dev.graft.files.Sha256;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Versions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Where a trained model comes from and what it is worth: a run's {@code card.json}.
 *
 * @param origin what has to be the same to get the same model again
 * @param note how the model is used
 * @param stages one a stage, in order: plain data such as {@code name}, {@code epochs}, {@code
 *     end}, {@code seconds}
 * @param metrics the last values, under Keras's log names
 * @param intervals where a metric lies with a confidence of 95 %: from and to
 * @param limits what a user must know, a sentence each
 * @param files the SHA-256 sums of what the run wrote, by name in its folder
 */
public record Card(
    Origin origin,
    Note note,
    List<Map<String, Object>> stages,
    Map<String, Double> metrics,
    Map<String, List<Double>> intervals,
    List<String> limits,
    Map<String, String> files) {
  /** The card's own name in a run folder. */
  public static final String FILE = "card.json";

  /**
   * What has to be the same to get the same model again.
   *
   * @param recipe SHA-256 of the resolved recipe
   * @param seed of all random numbers
   * @param threads within one op
   * @param device {@code cpu} or {@code gpu:N}
   * @param versions of Graft, TensorFlow, Java and the system
   * @param data plain data about each part: where it came from and how many examples it has
   * @param weights plain data about the weights training began with
   */
  public record Origin(
      String recipe,
      long seed,
      int threads,
      String device,
      Map<String, String> versions,
      Map<String, Object> data,
      Map<String, Object> weights) {
    /** Copies; keeps the order. */
    public Origin {
      versions = ordered(versions);
      data = ordered(data);
      weights = ordered(weights);
    }

    /** What may be expected of running the recipe again. */
    String repeats() {
      return device.startsWith("cpu")
          ? "The same recipe, seed, threads, device and versions on the same kind of processor give"
              + " the same bits; another number of threads gives other last bits."
          : "On a GPU the same recipe and seed give the same figures up to their last bits.";
    }

    /** A run on this machine. */
    public static Origin here(
        String recipeText,
        long seed,
        Settings settings,
        Map<String, Object> data,
        Map<String, Object> weights) {
      return new Origin(
          Sha256.of(recipeText),
          seed,
          settings.threads(),
          settings.device()
              + (settings.precision() == Settings.Precision.FLOAT32
                  ? ""
                  : " " + settings.precision().name().toLowerCase(Locale.ROOT)),
          Versions.all(),
          data,
          weights);
    }
  }

  /** Copies; keeps the order. A check belongs into the model's files, not here. */
  public Card {
    note = note.unchecked();
    stages = stages.stream().map(Card::ordered).toList();
    metrics = ordered(metrics);
    intervals = ordered(intervals);
    limits = List.copyOf(limits);
    files = ordered(files);
  }

  /** A card without intervals and limits. */
  public Card(
      Origin origin,
      Note note,
      List<Map<String, Object>> stages,
      Map<String, Double> metrics,
      Map<String, String> files) {
    this(origin, note, stages, metrics, Map.of(), List.of(), files);
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /**
   * The same card with the sums of the files that {@code folder} now holds, but the card.
   *
   * @param results says which by their names, with slashes
   */
  public Card sealed(Path folder, Predicate<String> results) {
    Map<String, String> sums =
        Sha256.ofFolder(folder, name -> !name.equals(FILE) && results.test(name));
    return new Card(origin, note, stages, metrics, intervals, limits, sums);
  }

  /** The names of files in {@code folder} that are gone or no longer what they were. */
  public List<String> changed(Path folder) {
    List<String> changed = new ArrayList<>();
    Map<String, String> now = Sha256.ofFolder(folder, files::containsKey);
    files.forEach(
        (name, sum) -> {
          if (!sum.equals(now.get(name))) {
            changed.add(name);
          }
        });
    return changed;
  }

  /** Puts the card into {@code folder} as {@code card.json}. */
  public void write(Path folder) {
    AtomicFiles.string(folder.resolve(FILE), Json.pretty(config()));
  }

  /** The card as plain data. */
  public Map<String, Object> config() {
    Map<String, Object> about = new LinkedHashMap<>(note.config());
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("graft", about.remove("graft"));
    map.put("recipe_sha256", origin.recipe);
    map.put("seed", origin.seed);
    map.put("threads", origin.threads);
    map.put("device", origin.device);
    map.put("repeats", origin.repeats());
    map.put("versions", origin.versions);
    map.put("data", origin.data);
    map.put("weights", origin.weights);
    map.putAll(about);
    map.put("stages", stages);
    map.put("metrics", metrics);
    map.put("intervals", intervals);
    map.put("limits", limits);
    map.put("files", files);
    return map;
  }

  /** Reads {@code card.json} in {@code folder}. */
  public static Card read(Path folder) {
    Config card = Config.read(folder.resolve(FILE));
    card.ignore("graft", "repeats");
    Origin origin =
        new Origin(
            card.string("recipe_sha256"),
            card.get("seed").whole(),
            card.integer("threads"),
            card.string("device"),
            texts(card.get("versions")),
            plain(card.get("data")),
            plain(card.get("weights")));
    Card read =
        new Card(
            origin,
            Note.read(card),
            card.get("stages").items().stream().map(Card::plain).toList(),
            numbers(card.get("metrics")),
            card.contains("intervals") ? pairs(card.get("intervals")) : Map.of(),
            card.strings("limits"),
            texts(card.get("files")));
    card.done();
    return read;
  }

  private static Map<String, Object> plain(Config object) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String key : object.keys()) {
      map.put(key, object.has(key) ? object.get(key).plain() : null);
    }
    return map;
  }

  private static Map<String, String> texts(Config object) {
    Map<String, String> map = new LinkedHashMap<>();
    object.keys().forEach(key -> map.put(key, object.string(key)));
    return map;
  }

  private static Map<String, List<Double>> pairs(Config object) {
    Map<String, List<Double>> map = new LinkedHashMap<>();
    object
        .keys()
        .forEach(key -> map.put(key, Arrays.stream(object.get(key).numbers()).boxed().toList()));
    return map;
  }

  private static Map<String, Double> numbers(Config object) {
    Map<String, Double> map = new LinkedHashMap<>();
    object.keys().forEach(key -> map.put(key, object.number(key)));
    return map;
  }
}
