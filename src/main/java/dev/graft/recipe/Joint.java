package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.data.Data;
import dev.graft.data.Examples;
import dev.graft.files.Sha256;
import dev.graft.layers.BatchNormalization;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.progress.Progress;
import dev.graft.runtime.Versions;
import dev.graft.scale.Passport;
import dev.graft.train.Callback;
import dev.graft.train.History;
import dev.graft.train.Position;
import dev.graft.train.Stage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run that several workers make together: what they have to have in common, and what worker 0
 * tells the others, who read and write nothing of the run folder.
 */
final class Joint {
  private static final Callback SILENT = new Callback() {};

  private Joint() {}

  /** How the statistics of batch normalisation go on in a stage. */
  enum Statistics {
    /** The network has none. */
    NONE("no batch normalisation"),
    /** All of it is frozen. */
    FROZEN("batch normalisation is frozen, its statistics stay"),
    /** Some of it is trained. */
    AVERAGED(
        "batch normalisation that is trained takes each worker's own examples, and its moving"
            + " statistics are averaged over the workers at every step: not the numbers of one"
            + " process");

    private final String text;

    Statistics(String text) {
      this.text = text;
    }

    /** For people. */
    String text() {
      return text;
    }

    static Statistics of(Model model) {
      List<Boolean> trained = new ArrayList<>();
      look(model, true, trained);
      return trained.isEmpty() ? NONE : trained.contains(true) ? AVERAGED : FROZEN;
    }

    private static void look(Model model, boolean trainable, List<Boolean> trained) {
      for (Model.Entry entry : model.layers()) {
        Layer layer = entry.layer();
        if (layer instanceof BatchNormalization) {
          trained.add(trainable && entry.trainable());
        } else if (layer instanceof Nested nested) {
          look(nested.model(), trainable && entry.trainable(), trained);
        }
      }
    }
  }

  /** What is said of batch normalisation at the beginning of a stage. */
  static Progress.Message statistics(StageReader.Planned planned) {
    String how = Statistics.of(planned.model().model()).text();
    return new Progress.Message("stage '" + planned.stage().name() + "': " + how + ".");
  }

  /** Sums of all that has to be the same. Folders may lie elsewhere on each machine. */
  static Passport passport(Recipe recipe) {
    Map<String, String> entries = new LinkedHashMap<>();
    Map<String, String> versions = Versions.all();
    entries.put("version of Graft", versions.get("graft"));
    entries.put("version of TensorFlow", versions.get("tensorflow"));
    entries.put("recipe", Sha256.of(Json.compact(placeless(recipe.resolved()))));
    List<String> files = new ArrayList<>();
    files(recipe.resolved().get("model"), files);
    Path weights = recipe.start().weights().file();
    files.add(weights == null ? "initialised" : Sha256.of(weights));
    entries.put("weights", Sha256.of(String.join(" ", files)));
    MessageDigest rows = Sha256.digest();
    recipe.stageData().stream().distinct().forEach(data -> rows(data, rows));
    entries.put("data", HexFormat.of().formatHex(rows.digest()));
    return new Passport(entries);
  }

  /** Plain data with the last name of every absolute path in its place. */
  private static Object placeless(Object plain) {
    if (plain instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(String.valueOf(key), placeless(value)));
      return copy;
    }
    if (plain instanceof List<?> list) {
      return list.stream().map(Joint::placeless).toList();
    }
    return plain instanceof String text && text.startsWith("/") ? last(text) : plain;
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void files(Object plain, List<String> sums) {
    if (plain instanceof Map<?, ?> map) {
      map.values().forEach(value -> files(value, sums));
    } else if (plain instanceof List<?> list) {
      list.forEach(value -> files(value, sums));
    } else if (plain instanceof String text
        && text.startsWith("/")
        && Files.isRegularFile(Path.of(text))) {
      sums.add(Sha256.of(Path.of(text)));
    }
  }

  /** Names and labels of all examples in their order, by which rows are shared out. */
  private static void rows(Data data, MessageDigest into) {
    for (Examples part : Arrays.asList(data.train(), data.validation())) {
      if (part != null) {
        update(into, part.classes().toString());
        for (int row = 0; row < part.size(); row++) {
          update(into, last(part.name(row)) + " " + part.label(row));
        }
      }
    }
  }

  private static void update(MessageDigest into, String text) {
    into.update((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** How far training has come, as worker 0 tells it; {@link #read} is the way back. */
  static String letter(Position start, History history) {
    Map<String, Object> letter = new LinkedHashMap<>();
    letter.put("position", start == null ? null : start.json());
    letter.put("history", history.epochs().stream().map(History.Epoch::json).toList());
    return Json.compact(letter);
  }

  /** Where worker 0 goes on; null at the beginning. */
  static Position read(String letter, History history) {
    Config config = Config.parse(letter, "what worker 0 tells");
    History.read(config.get("history")).epochs().forEach(history::add);
    return config.has("position") ? Position.read(config.get("position")) : null;
  }

  /** The stage as it is on the other workers: nothing that writes, in places that stay the same. */
  static Stage following(Stage stage) {
    List<Callback> callbacks = new ArrayList<>();
    stage.callbacks().forEach(c -> callbacks.add(c.writes() ? SILENT : c));
    // Worker 0 has one more, which writes what TensorBoard shows.
    callbacks.add(SILENT);
    return stage.with(callbacks.toArray(Callback[]::new));
  }
}
