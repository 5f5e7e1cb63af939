package dev.graft.cli;

import dev.graft.config.Config;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.files.AtomicFiles;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.LoadReport;
import dev.graft.layers.Spec;
import dev.graft.progress.Progress;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Surroundings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** The options of every command that takes a MODEL. */
final class ModelOptions {
  private ModelOptions() {}

  /** Where the weights are and how they are matched. */
  static void weights(Options options) {
    options.addOption(
        Console.value(
            "weights",
            "FILE",
            "the weights, when MODEL does not hold them (an application: imagenet, fetched)"));
    matching(options);
    options.addOption(
        Console.value(
            "load-report", "FILE", "what became of every tensor: as text, or as JSON if .json"));
  }

  /** What may be left without a partner when weights are loaded. */
  static void matching(Options options) {
    options.addOption(
        Console.flag("by-name", "pass over layers that only the model or the file has"));
    options.addOption(Console.flag("skip-mismatch", "pass over tensors of another shape"));
    options.addOption(Console.flag("allow-nan", "load weights that are NaN or infinite"));
    options.addOption(
        Console.values("map", "OLD=NEW", "the file's layer OLD is the model's layer NEW"));
  }

  /** How the values of pictures are prepared, when the model's file does not say. */
  static void preparation(Options options) {
    options.addOption(
        Console.value("preprocess", "NAME", "an application's preparation (vgg16, …), or none"));
    options.addOption(Console.value("rescale", "X", "factor on the pixels, as in 1/255"));
    options.addOption(
        Console.value(
            "decode",
            "WHOSE",
            "a JPEG's pixels: pillow's (load_img; default) or tf's"
                + " (image_dataset_from_directory)"));
  }

  /** How pictures are prepared, when the model's file does not say. */
  static void pictures(Options options) {
    preparation(options);
    options.addOption(Console.value("size", "PIXELS", "height and width of the pictures"));
    options.addOption(Console.value("classes", "FILE", "class names, one a line"));
  }

  /** Opens the MODEL {@code text}. */
  static LoadedModel open(String text, CommandLine line, Surroundings around) {
    String named = line.getOptionValue("weights", "imagenet");
    Path weights = named.equals("imagenet") ? null : Path.of(named);
    LoadedModel model = LoadedModel.open(text, weights, load(line), around);
    report(model, line, around);
    return model;
  }

  /** Where something may be left out, what was is said. */
  private static void report(LoadedModel model, CommandLine line, Surroundings around) {
    boolean lenient =
        line.hasOption("by-name") || line.hasOption("skip-mismatch") || line.hasOption("map");
    if (!lenient && !line.hasOption("load-report")) {
      return;
    }
    LoadReport report = model.report();
    around.progress().on(new Progress.Message(report.file() + ": " + report.summary()));
    report.tensors().stream()
        .filter(item -> item.outcome() != LoadReport.Outcome.LOADED)
        .forEach(item -> around.progress().on(new Progress.Message("  " + item.text())));
    if (line.hasOption("load-report")) {
      Path file = Path.of(line.getOptionValue("load-report"));
      AtomicFiles.string(file, file.toString().endsWith(".json") ? report.json() : report.text());
    }
  }

  private static LoadOptions load(CommandLine line) {
    return LoadOptions.strict()
        .withByName(line.hasOption("by-name"))
        .withSkipMismatch(line.hasOption("skip-mismatch"))
        .withRenames(renames(line))
        .withNan(line.hasOption("allow-nan"));
  }

  /** {@code --map OLD=NEW}, each once. */
  static Map<String, String> renames(CommandLine line) {
    Map<String, String> renames = new LinkedHashMap<>();
    if (line.hasOption("map")) {
      for (String pair : line.getOptionValues("map")) {
        int equals = pair.indexOf('=');
        if (equals < 1 || equals == pair.length() - 1) {
          throw new SettingException("--map " + pair + ": expected OLD=NEW.");
        }
        if (renames.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
          throw new SettingException(
              "--map: '" + pair.substring(0, equals) + "' stands there twice. Remove one.");
        }
      }
    }
    return renames;
  }

  /** The model for pictures of {@code --size}, where its layers allow other sizes. */
  static LoadedModel sized(LoadedModel model, CommandLine line) {
    Spec input = model.model().specs().get(model.model().inputs().get(0));
    int size = Console.count(line, "size", 0);
    return size < 1 || input.rank() != 4 ? model : model.sized(size, size);
  }

  /** What the model's file and the options say of its pictures and classes. */
  static Note note(LoadedModel model, CommandLine line) {
    Preprocessing image = image(model, line);
    List<String> classes =
        line.hasOption("classes")
            ? LoadedModel.classNames(Path.of(line.getOptionValue("classes")))
            : model.note().classes();
    return new Note(image, classes, model.note().scores(), null);
  }

  private static Preprocessing image(LoadedModel model, CommandLine line) {
    Preprocessing known = model.note().image();
    boolean told = line.hasOption("preprocess") || line.hasOption("rescale");
    if (line.hasOption("decode")) {
      check(line.getOptionValue("decode"), known, model);
    }
    if (known == null && !told) {
      return null;
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    for (String option : List.of("preprocess", "rescale", "decode")) {
      if (line.hasOption(option)) {
        settings.put(option, line.getOptionValue(option));
      }
    }
    Preprocessing image =
        Preprocessing.read(
            Config.of(settings, "options"), known == null ? Preprocessing.none() : known);
    Spec input = model.model().specs().get(model.model().inputs().get(0));
    if (input.rank() != 4) {
      return image;
    }
    Preprocessing.Color color = Preprocessing.Color.of(input.size(3));
    long asked = Console.count(line, "size", -1);
    int[] own = image.size();
    long height = input.size(1) > 0 ? input.size(1) : asked > 0 || own == null ? asked : own[0];
    long width = input.size(2) > 0 ? input.size(2) : asked > 0 || own == null ? asked : own[1];
    if (height < 1 || width < 1) {
      throw new SettingException(
          model.name() + ": it takes pictures of any size. Choose one with --size.");
    }
    if (asked > 0 && (asked != height || asked != width)) {
      throw new SettingException(
          "--size "
              + asked
              + ": "
              + model.name()
              + " takes pictures of "
              + height
              + " x "
              + width
              + ".");
    }
    return image.sized((int) height, (int) width, color);
  }

  private static void check(String whose, Preprocessing known, LoadedModel model) {
    if (!List.of("pillow", "tf").contains(whose)) {
      throw new SettingException("--decode " + whose + ": expected pillow or tf.");
    }
    if (known != null && known.decode() == Preprocessing.Decode.NONE) {
      throw new SettingException(
          "--decode: " + model.name() + " decodes image files itself. Leave it out.");
    }
  }

  /** The preparation, which must be known. */
  static Preprocessing required(Note note, LoadedModel model) {
    if (note.image() == null) {
      throw new SettingException(
          model.name()
              + ": nothing says how it wants its pictures. Add --preprocess with an application's"
              + " name or none, or --rescale.");
    }
    return note.image();
  }
}
