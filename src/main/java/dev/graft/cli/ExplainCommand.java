package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.data.Preprocessing;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.explain.Explainer.Score;
import dev.graft.explain.PhotoExplainer;
import dev.graft.explain.PhotoExplainer.Explained;
import dev.graft.explain.PhotoExplainer.Method;
import dev.graft.export.Note;
import dev.graft.files.AtomicFiles;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.network.Network;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Surroundings;
import dev.graft.report.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft explain}: which places of a photo speak for what a model says. */
final class ExplainCommand implements Command {
  private static final int USUAL_STEPS = 50;

  @Override
  public String name() {
    return "explain";
  }

  @Override
  public String summary() {
    return "Shows which places of a photo speak for what a model says (Grad-CAM, integrated"
        + " gradients).";
  }

  @Override
  public String usage() {
    return "MODEL PHOTO... [options]";
  }

  @Override
  public String example() {
    return "graft explain runs/first photo.jpg --out explained";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Console.value("method", "M", "grad-cam, integrated-gradients or both (default: both)"));
    options.addOption(
        Console.value("class", "C", "the class to explain, name or index (default: the surest)"));
    options.addOption(Console.value("top", "K", "explain the K surest classes (default 1)"));
    options.addOption(
        Console.value("layer", "L", "whose maps Grad-CAM shows (default: the last convolution's)"));
    options.addOption(
        Console.value(
            "score",
            "S",
            "logit or probability (default: logit for grad-cam, probability for the other)"));
    options.addOption(
        Console.value("steps", "N", "steps of integrated gradients (default " + USUAL_STEPS + ")"));
    options.addOption(Console.value("baseline", "B", "where they begin: black (default) or white"));
    options.addOption(Console.value("out", "DIR", "where pictures go (default: explained)"));
    options.addOption(Console.flag("npy", "also the numbers, as .npy beside each picture"));
    options.addOption(Console.json());
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    List<String> words = line.getArgList();
    if (words.size() < 2) {
      throw expected("a MODEL and one photo or more");
    }
    PhotoExplainer.Request request = request(line);
    Surroundings around = console.surroundings(line, null, null);
    LoadedModel model = ModelOptions.open(words.get(0), line, around);
    Note note = ModelOptions.note(model, line);
    Preprocessing how = ModelOptions.required(note, model);
    List<Path> photos = words.subList(1, words.size()).stream().map(Path::of).toList();
    Path out = folder(Path.of(line.getOptionValue("out", "explained")));
    List<Map<String, Object>> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    try (PhotoExplainer explainer = open(model, note, how, request, around)) {
      explainer.explain(
          photos,
          explained -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("input", explained.photo().toString());
            one.put("class", explained.name());
            one.put("index", explained.index());
            one.put("probability", explained.probability());
            if (!Double.isNaN(explained.gap())) {
              one.put("completeness_gap", explained.gap());
            }
            String stem = stem(explained, request, names);
            for (Method method : request.methods()) {
              one.put(word(method).replace('-', '_'), write(out, stem, explained, method, line));
            }
            all.add(one);
          });
    }
    print(all, line, console);
    return 0;
  }

  private static PhotoExplainer open(
      LoadedModel model,
      Note note,
      Preprocessing how,
      PhotoExplainer.Request request,
      Surroundings around) {
    try (Network network = model.network(around)) {
      return new PhotoExplainer(network, how, note.classes(), request, around);
    }
  }

  private static PhotoExplainer.Request request(CommandLine line) {
    List<Method> methods = new ArrayList<>();
    for (String word :
        line.getOptionValue("method", "grad-cam,integrated-gradients").split(",", -1)) {
      Method chosen = null;
      for (Method method : Method.values()) {
        chosen = word(method).equals(word) ? method : chosen;
      }
      if (word.equals("both")) {
        methods.addAll(List.of(Method.values()));
      } else if (chosen == null) {
        throw new SettingException(
            "--method: expected grad-cam, integrated-gradients or both, came '" + word + "'.");
      } else {
        methods.add(chosen);
      }
    }
    String score = line.getOptionValue("score");
    String baseline = line.getOptionValue("baseline", "black");
    if (score != null && !score.equals("logit") && !score.equals("probability")) {
      throw new SettingException("--score: expected logit or probability, came '" + score + "'.");
    }
    if (!baseline.equals("black") && !baseline.equals("white")) {
      throw new SettingException("--baseline: expected black or white, came '" + baseline + "'.");
    }
    if (line.hasOption("class") && line.hasOption("top")) {
      throw new SettingException("explain: --class names one class, --top asks for several.");
    }
    return new PhotoExplainer.Request(
        methods.stream().distinct().toList(),
        line.getOptionValue("layer"),
        score == null ? null : Score.valueOf(score.toUpperCase(Locale.ROOT)),
        line.getOptionValue("class"),
        Console.count(line, "top", 1),
        Console.count(line, "steps", USUAL_STEPS),
        baseline.equals("white"));
  }

  private static String word(Method method) {
    return method.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Path folder(Path out) {
    try {
      return Files.createDirectories(out);
    } catch (IOException e) {
      throw new DataException(
          "--out " + out + ": the folder cannot be made: " + e.getMessage() + ".", e);
    }
  }

  /** The photo's name without its ending, the class where there are several, and never twice. */
  private static String stem(
      Explained explained, PhotoExplainer.Request request, Set<String> taken) {
    String stem = explained.photo().getFileName().toString().replaceFirst("(?<=.)\\.[^.]*$", "");
    if (request.top() > 1) {
      stem += "-" + explained.index();
    }
    String free = stem;
    for (int i = 2; !taken.add(free); i++) {
      free = stem + "-" + i;
    }
    return free;
  }

  private static String write(
      Path out, String stem, Explained explained, Method method, CommandLine line) {
    Path file = out.resolve(stem + "." + word(method) + ".png");
    AtomicFiles.bytes(file, Picture.of(explained.picture(method)).png());
    if (line.hasOption("npy")) {
      float[] values = explained.numbers().get(method);
      int height = explained.heats().get(method).height();
      int width = explained.heats().get(method).width();
      long[] shape =
          method == Method.GRAD_CAM
              ? new long[] {height, width}
              : new long[] {height, width, values.length / (height * width)};
      NpyWriter.save(out.resolve(stem + "." + word(method) + ".npy"), NpyArray.of(shape, values));
    }
    return file.toString();
  }

  private static void print(List<Map<String, Object>> all, CommandLine line, Console console) {
    if (line.hasOption("json")) {
      console.out().print(Json.pretty(all));
      return;
    }
    for (Map<String, Object> one : all) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s: %s (%.2f %%)%n",
              one.get("input"),
              one.get("class"),
              100 * (Float) one.get("probability"));
      for (Method method : Method.values()) {
        Object file = one.get(word(method).replace('-', '_'));
        if (file != null) {
          console.out().printf("  %-22s %s%n", word(method), file);
        }
      }
    }
  }
}
