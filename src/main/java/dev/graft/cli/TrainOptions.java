package dev.graft.cli;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.keras.KerasFile;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.model.Ending;
import dev.graft.recipe.RecipeFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** A recipe from the options of {@code graft train --data DIR}. */
final class TrainOptions {
  private final CommandLine line;

  TrainOptions(CommandLine line) {
    this.line = line;
  }

  static void into(Options options) {
    options.addOption(
        Console.value(
            "data",
            "DIR",
            "photos, one folder a class; with RECIPE: where its named data set lies"));
    options.addOption(
        Console.value(
            "trunk", "NAME", "an application (vgg16, resnet50, mobilenet_v2, …) or a Keras file"));
    options.addOption(Console.value("weights", "FILE", "the trunk's weights"));
    ModelOptions.matching(options);
    options.addOption(Console.value("until", "LAYER", "the trunk's last layer, by name or index"));
    options.addOption(
        Console.value("freeze", "WHAT", "all (of the trunk, default), none, a count, or names"));
    options.addOption(Console.value("head", "UNITS", "hidden units of the head, as in 256,128"));
    options.addOption(
        Console.value("pool", "KIND", "avg or max pooling of the last maps instead of flattening"));
    options.addOption(Console.value("epochs", "N", "epochs of the first stage (default 10)"));
    options.addOption(Console.value("batch", "N", "examples a step (default 32)"));
    options.addOption(Console.value("size", "PIXELS", "height and width (default 224)"));
    ModelOptions.preparation(options);
    options.addOption(Console.value("lr", "RATE", "learning rate (default 0.0001)"));
    options.addOption(Console.flag("augment", "vary the training photos at random"));
    options.addOption(
        Console.value("fine-tune", "LAYERS", "a second stage that also trains these layers"));
    options.addOption(Console.value("fine-tune-epochs", "N", "its epochs (default 10)"));
    options.addOption(Console.value("fine-tune-lr", "RATE", "its rate (default 0.00001)"));
  }

  /**
   * A recipe with what {@code --data} and {@code --weights} say; the other options make a recipe of
   * their own and would say nothing here.
   */
  static RecipeFile over(RecipeFile file, CommandLine line) {
    Options own = new Options();
    into(own);
    for (Option option : own.getOptions()) {
      String name = option.getLongOpt();
      if (line.hasOption(name) && !name.equals("data") && !name.equals("weights")) {
        throw new SettingException(
            "--" + name + ": a recipe says that itself. Change it with --set KEY=VALUE.");
      }
    }
    RecipeFile changed = file;
    if (line.hasOption("data")) {
      changed = changed.withData(Path.of(line.getOptionValue("data")));
    }
    if (line.hasOption("weights")) {
      changed = changed.withWeights(line.getOptionValue("weights"));
    }
    return changed;
  }

  /** The recipe; relative paths start from the working folder. */
  RecipeFile recipe() {
    Path data = Path.of(line.getOptionValue("data"));
    if (!Files.isDirectory(data)) {
      throw new DataException("--data " + data + ": there is no such folder. Check the path.");
    }
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("graft", 1);
    recipe.put("name", name(data));
    recipe.put("seed", Console.whole(line, "seed", 42));
    recipe.put("model", model());
    recipe.put("data", data(data));
    recipe.put("stages", stages());
    return RecipeFile.of(recipe, Path.of("").toAbsolutePath(), "options");
  }

  private String name(Path data) {
    Path last = data.toAbsolutePath().normalize().getFileName();
    String text = (last == null ? "data" : last.toString()) + "-" + trunkName();
    String clean = text.replaceAll("[^A-Za-z0-9._-]", "-");
    return clean.matches("[A-Za-z0-9].*") ? clean : "run-" + clean;
  }

  private String trunkName() {
    String trunk = line.getOptionValue("trunk", "vgg16");
    Path file = Path.of(trunk).getFileName();
    return file == null ? "trunk" : file.toString().replaceAll("\\.(h5|hdf5|keras|json)$", "");
  }

  private boolean fromFile() {
    String trunk = line.getOptionValue("trunk", "vgg16");
    return Files.exists(Path.of(trunk)) || trunk.matches(".*\\.(h5|hdf5|keras|json)");
  }

  private Map<String, Object> model() {
    Map<String, Object> model = new LinkedHashMap<>();
    String trunk = line.getOptionValue("trunk", "vgg16");
    if (fromFile()) {
      model.put("load", trunk);
      put(model, "weights", "weights");
      matching(model);
      model.put("until", line.hasOption("until") ? line.getOptionValue("until") : end(trunk));
    } else {
      Map<String, Object> application = new LinkedHashMap<>();
      application.put("application", trunk);
      application.put("weights", weights());
      put(application, "until", "until");
      matching(application);
      model.put("trunk", application);
    }
    model.put("head", head());
    return model;
  }

  /** Where a file's network ends when its classifier is left out. */
  private String end(String file) {
    Model model = KerasFile.open(Path.of(file), Layers.standard()).model();
    return line.hasOption("pool") ? Ending.lastMaps(model) : Ending.beforeClassifier(model);
  }

  private String weights() {
    String weights = line.getOptionValue("weights", "imagenet");
    return weights.equals("imagenet")
        ? weights
        : Path.of(weights).toAbsolutePath().normalize().toString();
  }

  private void matching(Map<String, Object> holder) {
    if (line.hasOption("by-name")) {
      holder.put("by_name", true);
    }
    if (line.hasOption("skip-mismatch")) {
      holder.put("skip_mismatch", true);
    }
    if (line.hasOption("allow-nan")) {
      holder.put("allow_nan", true);
    }
    if (line.hasOption("map")) {
      holder.put("map", ModelOptions.renames(line));
    }
  }

  private void put(Map<String, Object> map, String key, String option) {
    if (line.hasOption(option)) {
      map.put(key, line.getOptionValue(option));
    }
  }

  private List<Object> head() {
    List<Object> head = new ArrayList<>();
    String pool = line.getOptionValue("pool");
    if (pool == null) {
      head.add("Flatten");
    } else if (pool.equals("avg") || pool.equals("max")) {
      head.add(pool.equals("avg") ? "GlobalAveragePooling2D" : "GlobalMaxPooling2D");
    } else {
      throw new SettingException("--pool: expected avg or max, came '" + pool + "'.");
    }
    for (String units : line.getOptionValue("head", "256").split(",", -1)) {
      if (!units.isBlank()) {
        head.add(Map.of("Dense", Map.of("units", number("head", units, 1), "activation", "relu")));
        head.add(Map.of("Dropout", Map.of("rate", 0.5)));
      }
    }
    head.add(Map.of("Dense", Map.of("units", "classes", "activation", "softmax")));
    return head;
  }

  private static long number(String option, String text, long least) {
    try {
      long number = Long.parseLong(text.strip());
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new SettingException(
        "--" + option + ": expected whole numbers of at least " + least + ", came '" + text + "'.");
  }

  private Map<String, Object> data(Path folder) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("train", Map.of("folder", folder.toString()));
    if (!Files.isDirectory(folder.resolve("train"))) {
      Map<String, Object> split = new LinkedHashMap<>();
      split.put("split", 0.2);
      split.put("seed", Console.whole(line, "seed", 42));
      split.put("stratify", true);
      data.put("validation", split);
    }
    Map<String, Object> image = new LinkedHashMap<>();
    long size = Console.count(line, "size", 224);
    if (!fromFile() || line.hasOption("size")) {
      image.put("size", List.of(size, size));
    }
    put(image, "preprocess", "preprocess");
    put(image, "rescale", "rescale");
    put(image, "decode", "decode");
    data.put("image", image);
    if (line.hasOption("augment")) {
      Map<String, Object> augment = new LinkedHashMap<>();
      augment.put("rotation_range", 20);
      augment.put("width_shift_range", 0.1);
      augment.put("height_shift_range", 0.1);
      augment.put("zoom_range", 0.1);
      augment.put("horizontal_flip", true);
      data.put("augment", augment);
    }
    return data;
  }

  private List<Object> stages() {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("name", "head");
    head.put("freeze", freeze(line.getOptionValue("freeze", "all")));
    head.put("optimizer", adam(line.getOptionValue("lr", "0.0001"), "lr"));
    head.put("loss", "categorical_crossentropy");
    head.put("metrics", List.of("accuracy"));
    head.put("epochs", Console.whole(line, "epochs", 10));
    head.put("batch_size", Console.count(line, "batch", 32));
    if (!line.hasOption("augment")) {
      // A photo's features cost a thousand times what they take on disk to read again.
      head.put("cache", "disk");
    }
    List<Object> stages = new ArrayList<>();
    stages.add(head);
    if (line.hasOption("fine-tune")) {
      Map<String, Object> fine = new LinkedHashMap<>();
      fine.put("name", "fine-tune");
      fine.put("unfreeze", List.of(line.getOptionValue("fine-tune").split(",", -1)));
      fine.put("optimizer", adam(line.getOptionValue("fine-tune-lr", "0.00001"), "fine-tune-lr"));
      fine.put("epochs", Console.whole(line, "fine-tune-epochs", 10));
      stages.add(fine);
    }
    return stages;
  }

  private static Object freeze(String text) {
    if (text.equals("all")) {
      return "trunk";
    }
    if (text.equals("none")) {
      return "none";
    }
    if (text.matches("\\d+")) {
      return Map.of("first", number("freeze", text, 0));
    }
    return List.of(text.split(",", -1));
  }

  private static Map<String, Object> adam(String rate, String option) {
    try {
      double value = Double.parseDouble(rate);
      if (value > 0 && Float.isFinite((float) value)) {
        return Map.of("Adam", Map.of("learning_rate", value));
      }
    } catch (NumberFormatException e) {
      throw new SettingException("--" + option + ": expected a number, came '" + rate + "'.", e);
    }
    throw new SettingException(
        "--" + option + ": expected a finite number above 0, came " + rate + ".");
  }
}
