package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.data.Examples;
import dev.graft.data.FileList;
import dev.graft.data.Source;
import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.files.AtomicFiles;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.files.NpyWriter;
import dev.graft.network.Network;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Predictor;
import dev.graft.recipe.Predictor.Guess;
import dev.graft.recipe.Predictor.Prediction;
import dev.graft.recipe.RowWork;
import dev.graft.recipe.Shard;
import dev.graft.recipe.Surroundings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft predict}: what a model says of photos or arrays. */
final class PredictCommand implements Command {
  private static final int USUAL_TOP = 5;

  @Override
  public String name() {
    return "predict";
  }

  @Override
  public String summary() {
    return "Says what is on photos, or runs a model over .npy arrays or the rows of a table.";
  }

  @Override
  public String usage() {
    return "MODEL INPUT... [options]";
  }

  @Override
  public String example() {
    return "graft predict runs/first photo.jpg --top 3";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.values("input", "NAME=FILE", "a .npy for one of several inputs"));
    options.addOption(
        Console.value("out", "FILE", ".npy: the raw outputs; .csv: file, class, probability"));
    options.addOption(Console.value("top", "K", "the K surest classes (default 5; JSON: all)"));
    options.addOption(Console.flag("imagenet", "ImageNet's 1,000 class names"));
    options.addOption(SourceText.folder());
    options.addOption(
        Console.value(
            "mc-samples", "N", "mean and spread of N draws with dropout on (Monte-Carlo dropout)"));
    options.addOption(Console.json());
    FeaturesCommand.shards(options);
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    List<String> words = line.getArgList();
    if (words.isEmpty() || (words.size() < 2 && !line.hasOption("input"))) {
      throw expected("a MODEL and what to predict");
    }
    Surroundings around = console.surroundings(line, null, null);
    LoadedModel model = ModelOptions.open(words.get(0), line, around);
    Note note = ModelOptions.note(model, line);
    if (line.hasOption("imagenet")) {
      note = new Note(note.image(), ImageNetClasses.read(around.places()), note.scores(), null);
    }
    Map<String, Path> arrays = arrays(line, words);
    Path table = table(line, words, model);
    if (arrays.isEmpty() && table == null) {
      ModelOptions.required(note, model);
    }
    int samples = Math.toIntExact(Console.whole(line, "mc-samples", 0));
    if (line.hasOption("mc-samples") && samples < 2) {
      throw new SettingException(
          "--mc-samples: expected at least 2 draws for a spread, came " + samples + ".");
    }
    Network network = model.network(around, Console.whole(line, "seed", 42));
    try (Predictor predictor = new Predictor(network, note, around, samples)) {
      if (table != null) {
        List<Examples.Field> inputs = Examples.Field.inputsOf(model.model());
        return arrays(predictor, Source.rows(table, inputs).arrays(), line, console);
      }
      if (!arrays.isEmpty()) {
        return arrays(predictor, read(arrays), line, console);
      }
      Shard shard = FeaturesCommand.shard(line);
      boolean raw = line.hasOption("out") && line.getOptionValue("out").endsWith(".npy");
      if (samples > 0 && (raw || shard != null || line.hasOption("merge"))) {
        throw new SettingException(
            "--mc-samples: a .npy of pictures and shards have no place for the spread. Write a"
                + " .csv or JSON, without --shard and --merge.");
      }
      List<Path> paths = pictures(line, words);
      if (shard != null || (raw && !line.hasOption("merge"))) {
        // From here on Ctrl-C leaves nothing half written.
        console.interrupt().watch();
      }
      if (shard != null) {
        Path out = Path.of(line.getOptionValue("out"));
        written("part", predictor.work(paths).shard(out, shard), line, console);
        return 0;
      }
      return raw
          ? raw(predictor.work(paths), line, console)
          : pictures(predictions(predictor, paths, line), line, console);
    }
  }

  private static List<Prediction> predictions(
      Predictor predictor, List<Path> paths, CommandLine line) {
    if (!line.hasOption("merge")) {
      return predictor.pictures(paths);
    }
    if (!line.hasOption("out")) {
      throw new SettingException("--merge: needs --out, beside which the parts are.");
    }
    return predictor.merged(predictor.work(paths), Path.of(line.getOptionValue("out")));
  }

  /** The raw outputs of pictures, one row a picture. */
  private static int raw(RowWork work, CommandLine line, Console console) {
    Path out = Path.of(line.getOptionValue("out"));
    if (line.hasOption("merge")) {
      work.merge(out);
    } else {
      work.write(out);
    }
    written("outputs", out, line, console);
    return 0;
  }

  /** Photos and folders as they were given, and the files that a CSV names. */
  private static List<Path> pictures(CommandLine line, List<String> words) {
    List<Path> paths = new ArrayList<>();
    boolean listed = false;
    for (String word : words.subList(1, words.size())) {
      Path path = Path.of(word);
      if (word.endsWith(".csv")) {
        listed = true;
        paths.addAll(
            FileList.read(
                path,
                line.hasOption("folder")
                    ? Path.of(line.getOptionValue("folder")).toAbsolutePath()
                    : path.toAbsolutePath().getParent()));
      } else {
        paths.add(path);
      }
    }
    if (line.hasOption("folder") && !listed) {
      throw new SettingException(
          "--folder: it says where the files of a .csv lie, and none was given.");
    }
    return paths;
  }

  private static Map<String, Path> arrays(CommandLine line, List<String> words) {
    Map<String, Path> arrays = new LinkedHashMap<>();
    if (line.hasOption("input")) {
      for (String pair : line.getOptionValues("input")) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw new SettingException("--input " + pair + ": expected NAME=FILE.");
        }
        arrays.put(pair.substring(0, equals), Path.of(pair.substring(equals + 1)));
      }
    }
    for (String word : words.subList(1, words.size())) {
      if (word.endsWith(".npy")) {
        arrays.put(word, Path.of(word));
      }
    }
    if (!arrays.isEmpty() && arrays.size() != words.size() - 1 + count(line)) {
      throw new SettingException("predict: expected photos or .npy arrays, not both at once.");
    }
    return arrays;
  }

  /** A table for a model that takes no pictures; null when none was given. */
  private static Path table(CommandLine line, List<String> words, LoadedModel model) {
    List<String> given = words.subList(1, words.size());
    if (given.stream().noneMatch(word -> word.endsWith(".csv")) || !TableText.fits(model.model())) {
      return null;
    }
    if (given.size() != 1 || line.hasOption("input")) {
      throw new SettingException("predict: expected one .csv with a column for each input.");
    }
    return Path.of(given.get(0));
  }

  private static Map<String, NpyArray> read(Map<String, Path> files) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    files.forEach(
        (name, file) -> {
          try (NpyFile npy = NpyFile.open(file)) {
            arrays.put(name, npy.array());
          }
        });
    return arrays;
  }

  private static int count(CommandLine line) {
    return line.hasOption("input") ? line.getOptionValues("input").length : 0;
  }

  private static int arrays(
      Predictor predictor, Map<String, NpyArray> inputs, CommandLine line, Console console) {
    Predictor.Answers answers = predictor.answers(inputs);
    if (line.hasOption("out") && !line.getOptionValue("out").endsWith(".csv")) {
      Path out = Path.of(line.getOptionValue("out"));
      Map<String, NpyArray> outputs = answers.outputs();
      Map<String, String> files = new LinkedHashMap<>();
      if (outputs.size() == 1) {
        NpyWriter.save(out, outputs.values().iterator().next());
        if (!answers.spreads().isEmpty()) {
          Path spread = out.resolveSibling(spreadName(out.getFileName().toString()));
          NpyWriter.save(spread, answers.spreads().values().iterator().next());
          files.put("spread", spread.toString());
        }
      } else {
        AtomicFiles.directory(
            out,
            folder -> {
              outputs.forEach((name, array) -> save(folder, name, array));
              answers.spreads().forEach((name, array) -> save(folder, name + "_spread", array));
            });
      }
      files.put("outputs", out.toString());
      written(files, line, console);
      return 0;
    }
    return pictures(predictor.rows(answers), line, console);
  }

  private static void written(String what, Path file, CommandLine line, Console console) {
    written(Map.of(what, file.toString()), line, console);
  }

  /** Says which files hold what. */
  private static void written(Map<String, String> files, CommandLine line, Console console) {
    List<String> lines = new ArrayList<>();
    files.forEach(
        (what, file) ->
            lines.add(
                what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1) + ": " + file));
    console.tell(line, files, lines);
  }

  private static void save(Path folder, String name, NpyArray array) {
    NpyWriter.save(folder.resolve(name.replace('/', '_') + ".npy"), array);
  }

  /** {@code y.npy} becomes {@code y_spread.npy}. */
  private static String spreadName(String name) {
    return name.replaceAll("\\.npy$", "") + "_spread.npy";
  }

  private static int pictures(List<Prediction> all, CommandLine line, Console console) {
    boolean json = line.hasOption("json");
    int top = Console.count(line, "top", json ? Integer.MAX_VALUE : USUAL_TOP);
    if (line.hasOption("out")) {
      Path out = Path.of(line.getOptionValue("out"));
      AtomicFiles.string(out, csv(all, top));
      written("predictions", out, line, console);
      return 0;
    }
    if (json) {
      console.out().print(Json.pretty(all.stream().map(p -> p.json(top)).toList()));
      return 0;
    }
    for (Prediction prediction : all) {
      console.out().println(prediction.input());
      for (Guess guess :
          prediction.guesses().subList(0, Math.min(top, prediction.guesses().size()))) {
        console
            .out()
            .printf(
                Locale.ROOT,
                "  %6.2f %%%s  %s%n",
                guess.probability() * 100,
                guess.spread() == null
                    ? ""
                    : String.format(Locale.ROOT, " ± %5.2f", guess.spread() * 100),
                guess.name());
      }
    }
    return 0;
  }

  private static String csv(List<Prediction> all, int top) {
    java.io.StringWriter text = new java.io.StringWriter();
    try (var csv = de.siegmar.fastcsv.writer.CsvWriter.builder().build(text)) {
      boolean spreads = all.stream().anyMatch(p -> p.guesses().get(0).spread() != null);
      List<String> head = new ArrayList<>(List.of("file", "class", "probability"));
      if (spreads) {
        head.add("spread");
      }
      csv.writeRecord(head);
      for (Prediction prediction : all) {
        for (Guess guess :
            prediction.guesses().subList(0, Math.min(top, prediction.guesses().size()))) {
          List<String> record = new ArrayList<>();
          record.add(prediction.input());
          record.add(guess.name());
          record.add(Float.toString(guess.probability()));
          if (spreads) {
            record.add(Float.toString(guess.spread()));
          }
          csv.writeRecord(record);
        }
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return text.toString();
  }
}
