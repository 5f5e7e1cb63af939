package dev.graft.recipe;

import dev.graft.config.Json;
import dev.graft.data.Data;
import dev.graft.data.Examples;
import dev.graft.fetch.Published;
import dev.graft.fetch.Registry;
import dev.graft.model.Summary;
import dev.graft.report.RunReport;
import dev.graft.report.RunReport.Facts;
import dev.graft.runtime.Versions;
import dev.graft.train.History;
import dev.graft.train.Objective;
import dev.graft.train.Stage;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a run was made of, and what to do with it, for its page and its cards. */
final class RunFacts {
  private final Recipe recipe;
  private final Surroundings around;
  private final boolean hashes;
  private final Map<String, Object> data;
  private final Map<String, Object> weights;

  /**
   * Gathers the facts.
   *
   * @param hashes whether the data are read once for their hashes
   */
  RunFacts(Recipe recipe, Surroundings around, boolean hashes) {
    this.hashes = hashes;
    this.recipe = recipe;
    this.around = around;
    this.data = readData();
    this.weights = readWeights();
  }

  /** Plain data about each part: the source, how many examples, and their hash. */
  Map<String, Object> data() {
    return data;
  }

  /** Plain data about the weights training began with. */
  Map<String, Object> weights() {
    return weights;
  }

  private Map<String, Object> readData() {
    Map<String, Object> all = new LinkedHashMap<>();
    Map<?, ?> sources = (Map<?, ?>) recipe.resolved().get("data");
    for (String part : List.of("train", "validation", "test")) {
      if (sources.containsKey(part)) {
        all.put(part, sources.get(part));
        String licence = licence(sources.get(part));
        if (licence != null) {
          all.put(part + "_licence", licence);
        }
      }
    }
    parts(recipe.data())
        .forEach(
            (part, examples) -> {
              all.put(part + "_examples", examples.size());
              String print = hashes ? examples.fingerprint() : null;
              if (print != null) {
                all.put(part + "_sha256", print);
              }
            });
    return all;
  }

  private static Map<String, Examples> parts(Data data) {
    Map<String, Examples> parts = new LinkedHashMap<>();
    parts.put("train", data.train());
    if (data.validation() != null) {
      parts.put("validation", data.validation());
    }
    if (data.test() != null) {
      parts.put("test", data.test());
    }
    return parts;
  }

  private Map<String, Object> readWeights() {
    Map<String, Object> all = new LinkedHashMap<>();
    Path file = recipe.start().weights().file();
    all.put("file", file == null ? null : file.toString());
    if (file != null) {
      all.put("sha256", dev.graft.files.Sha256.of(file));
      all.put("licence", licence(file));
    }
    return all;
  }

  /** As the publisher says, or where it stands beside the weights; else it is not known. */
  private static String licence(Path file) {
    String name = file.getFileName().toString();
    for (Published published : Registry.standard().all(Published.Kind.WEIGHTS)) {
      if (published.files().stream().anyMatch(item -> item.urlName().equals(name))) {
        return published.licence() + ", " + published.by();
      }
    }
    for (String beside : List.of("README.md", "LICENSE", "LICENSE.txt")) {
      Path text = file.resolveSibling(beside);
      if (Files.isRegularFile(text) && (!beside.startsWith("README") || names(text, name))) {
        return "see " + beside + " beside the file";
      }
    }
    return "not known: ask where the file came from";
  }

  private static boolean names(Path text, String file) {
    try {
      return Files.readString(text).contains(file);
    } catch (IOException e) {
      return false;
    }
  }

  /** The licence of a published data set; null for a user's own data. */
  private static String licence(Object source) {
    if (!(source instanceof Map<?, ?> map) || !map.containsKey("dataset")) {
      return null;
    }
    return Registry.standard().all(Published.Kind.DATA).stream()
        .filter(published -> published.name().equals(map.get("dataset")))
        .map(published -> published.licence() + ", " + published.by())
        .findFirst()
        .orElse(null);
  }

  /** The facts as the page lists them. */
  List<Facts> all(History history) {
    return List.of(
        new Facts(RunReport.STAGES, stages(history)),
        new Facts("Data", dataFacts()),
        new Facts("Weights at the start", weightFacts()),
        new Facts("Seed and versions", versions()));
  }

  private Map<String, String> stages(History history) {
    Map<String, String> stages = new LinkedHashMap<>();
    for (StageReader.Planned planned : recipe.stages()) {
      Stage stage = planned.stage();
      List<History.Epoch> epochs =
          history.epochs().stream().filter(epoch -> epoch.stage().equals(stage.name())).toList();
      Summary summary = Summary.of(planned.model().model());
      String losses =
          stage.objective().outputs().stream()
              .map((Objective.Output output) -> output.loss().name())
              .distinct()
              .collect(Collectors.joining(", "));
      stages.merge(
          stage.name(),
          String.format(
              Locale.ROOT,
              "%d of %d epochs, batches of %d, %s, loss %s, %,d of %,d parameters trained",
              epochs.size(),
              stage.pace().epochs() - stage.pace().initialEpoch(),
              stage.pace().batchSize(),
              stage.optimizer().className() + settings(stage.optimizer().config()),
              losses,
              summary.trainable(),
              summary.total()),
          (a, b) -> a + "; " + b);
    }
    return stages;
  }

  private static String settings(Map<String, Object> config) {
    Object rate = config.get("learning_rate");
    return rate == null
        ? ""
        : " (learning rate "
            + (rate instanceof Number number ? plain(number) : Json.compact(rate))
            + ")";
  }

  private static String plain(Number rate) {
    return new BigDecimal(rate.toString()).stripTrailingZeros().toPlainString();
  }

  private Map<String, String> dataFacts() {
    Map<String, String> facts = new LinkedHashMap<>();
    for (String part : parts(recipe.data()).keySet()) {
      Object source = data.get(part);
      String where = source == null ? "" : ": " + words(source);
      facts.put(
          part,
          String.format(
              Locale.ROOT, "%,d examples%s", (Integer) data.get(part + "_examples"), where));
      if (licence(source) != null) {
        facts.put(part + ", licence", licence(source));
      }
      if (data.containsKey(part + "_sha256")) {
        facts.put(part + ", SHA-256", String.valueOf(data.get(part + "_sha256")));
      }
    }
    Map<?, ?> all = (Map<?, ?>) recipe.resolved().get("data");
    boolean pictures = new Thumbnails(recipe.data().train(), null).possible();
    for (String part : List.of("image", "augment")) {
      if (pictures && all.containsKey(part)) {
        facts.put(part, words(all.get(part)));
      }
    }
    List<String> classes = recipe.data().train().classes();
    if (!classes.isEmpty()) {
      String list = String.join(", ", classes.subList(0, Math.min(30, classes.size())));
      facts.put("classes", classes.size() + ": " + list + (classes.size() > 30 ? ", …" : ""));
    }
    return facts;
  }

  /** Settings as people read them; what changes nothing is left out. */
  private static String words(Object plain) {
    if (!(plain instanceof Map<?, ?> map)) {
      return plain instanceof String text ? text : Json.compact(plain);
    }
    List<String> parts = new ArrayList<>();
    map.forEach(
        (key, value) -> {
          boolean nothing =
              value == null
                  || (key.equals("rescale") && value.equals(1.0))
                  || (key.equals("offset") && value.equals(0.0));
          if (!nothing) {
            parts.add(key.toString().replace('_', ' ') + " " + words(value));
          }
        });
    return String.join(" · ", parts);
  }

  private Map<String, String> weightFacts() {
    Map<String, String> facts = new LinkedHashMap<>();
    if (weights.get("file") == null) {
      facts.put("file", "none: all weights were initialised");
    } else {
      facts.put("file", Path.of(String.valueOf(weights.get("file"))).getFileName().toString());
      facts.put("SHA-256", String.valueOf(weights.get("sha256")));
      facts.put("licence", String.valueOf(weights.get("licence")));
    }
    return facts;
  }

  private Map<String, String> versions() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("seed", Long.toString(recipe.seed()));
    facts.put("device", around.settings().device());
    facts.put("threads", Integer.toString(around.settings().threads()));
    if (around.cluster().several()) {
      facts.put("workers", Integer.toString(around.cluster().workers().size()));
    }
    facts.putAll(Versions.all());
    return facts;
  }

  /** What to type to go on with a run that did not get to its end. */
  Map<String, String> resuming(RunFolder folder) {
    String run = folder.path().toString();
    return Map.of(
        "How to go on",
        "graft train "
            + quoted(folder.file(RunFolder.RECIPE).toString())
            + " --out "
            + quoted(run)
            + " --resume");
  }

  /** Lines for a shell: a title, and what to type. */
  Map<String, String> commands(RunFolder folder) {
    String run = quoted(folder.path().toString());
    boolean pictures = new Thumbnails(recipe.data().train(), null).possible();
    boolean classifier = pictures && !recipe.data().train().classes().isEmpty();
    Map<String, String> commands = new LinkedHashMap<>();
    commands.put(
        "How to reproduce",
        "graft train " + quoted(folder.file(RunFolder.RECIPE).toString()) + " --out again");
    if (classifier) {
      commands.put(
          "Ask it", "graft predict " + run + " photo.jpg\ngraft explain " + run + " photo.jpg");
    } else if (!pictures) {
      commands.put("Ask it", "graft predict " + run + " inputs.npy");
    }
    if (!recipe.exports().isEmpty()) {
      String serve = "graft serve " + run + " --port 8501";
      if (classifier) {
        serve +=
            "\n"
                + "curl -d '{\"signature_name\": \"serve_images\", \"instances\": [{\"b64\":"
                + " \"'$(base64 -w0 photo.jpg)'\"}]}' http://localhost:8501/v1/models/"
                + folder.path().toAbsolutePath().normalize().getFileName()
                + ":predict";
      }
      commands.put("How to serve", serve);
    }
    if (recipe.exports().contains("saved-model")) {
      commands.put(
          "Or with TensorFlow Serving",
          "docker run -p 8501:8501 -v "
              + quoted(folder.path().toAbsolutePath().normalize() + "/saved_model:/models/model")
              + " tensorflow/serving");
    }
    return commands;
  }

  private static String quoted(String text) {
    return text.matches("[\\w./@:+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
