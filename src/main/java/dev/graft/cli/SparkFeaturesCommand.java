package dev.graft.cli;

import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.files.ScratchFolder;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Parcel;
import dev.graft.recipe.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/**
 * {@code graft spark-features}: packs a model for Spark, and prints the line that runs it there or
 * runs it here.
 */
final class SparkFeaturesCommand implements Command {
  private static final Path USUAL_PARCEL = Path.of("graft-parcel.zip");

  @Override
  public String name() {
    return "spark-features";
  }

  @Override
  public String summary() {
    return "Features or predictions in Spark: packs the model, prints the spark-submit line.";
  }

  @Override
  public String usage() {
    return "MODEL --at LAYER|--predict --data URI --out URI [options]";
  }

  @Override
  public String example() {
    return "graft spark-features runs/first --predict --data hdfs:///photos --out hdfs:///classes"
        + " --master yarn\n  graft spark-features runs/first --at block5_pool --data photos --out"
        + " features --run";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Console.value("at", "LAYER", "features: the layer, by name or index (-2: last but one)"));
    options.addOption(Console.flag("predict", "the surest class and its score instead"));
    options.addOption(
        Console.value(
            "data", "URI", "a folder of images; with --column a table; as Spark names it"));
    options.addOption(
        Console.value("column", "NAME", "the table's column that holds image files as bytes"));
    options.addOption(Console.value("format", "F", "of the table: parquet (default), orc, …"));
    options.addOption(Console.value("out", "URI", "a Parquet folder, new"));
    options.addOption(Console.flag("overwrite", "replace what is at --out"));
    options.addOption(
        Console.value("parcel", "FILE", "the packed model (default graft-parcel.zip)"));
    options.addOption(
        Console.value("master", "URL", "of the cluster: yarn, spark://HOST:7077, k8s://…"));
    options.addOption(Console.value("executors", "N", "how many executors (--run: 2)"));
    options.addOption(Console.value("cores", "N", "cores of an executor (4; --run: shared out)"));
    options.addOption(Console.value("memory", "SIZE", "Java heap of an executor (2g; --run: 1g)"));
    options.addOption(
        Console.flag(
            "run", "run it now, in a Spark of several JVMs on this machine (local-cluster)"));
    options.addOption(Console.flag("imagenet", "ImageNet's 1,000 class names"));
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    check(line);
    Surroundings around = console.surroundings(line, null, null);
    if (!around.settings().device().equals("cpu")) {
      throw new SettingException(
          "--device "
              + around.settings().device()
              + ": in Spark, Graft runs on the CPU. Leave it"
              + " out.");
    }
    SparkTools tools = SparkTools.find(console.environment());
    if (!line.hasOption("run")) {
      Path parcel = parcel(line, USUAL_PARCEL);
      pack(parcel, line, around);
      say(tools, console);
      console.out().println(String.join(" \\\n  ", tools.line(words(line, parcel, false))));
      return 0;
    }
    tools.required();
    try (ScratchFolder scratch = ScratchFolder.create()) {
      Path parcel = parcel(line, scratch.path().resolve(USUAL_PARCEL));
      pack(parcel, line, around);
      return tools.run(words(line, parcel, true), scratch.path(), console);
    }
  }

  private void check(CommandLine line) {
    for (String needed : new String[] {"data", "out"}) {
      if (line.getArgList().size() != 1 || !line.hasOption(needed)) {
        throw expected("a MODEL, --at or --predict, --data and --out");
      }
    }
    if (line.hasOption("at") == line.hasOption("predict")) {
      throw new SettingException(
          "spark-features: expected either --at LAYER or --predict. Give one of them.");
    }
    for (String classes : new String[] {"imagenet", "classes"}) {
      if (line.hasOption(classes) && !line.hasOption("predict")) {
        throw new SettingException("--" + classes + ": features have no classes. Leave it out.");
      }
    }
    if (line.hasOption("format") && !line.hasOption("column")) {
      throw new SettingException("--format: of a table. Say with --column where its images are.");
    }
    if (line.hasOption("run") && line.hasOption("master")) {
      throw new SettingException(
          "--run: runs on this machine, --master is for the line that is printed. Give one of"
              + " them.");
    }
    positive(line, "executors");
    positive(line, "cores");
    String memory = line.getOptionValue("memory", "1g");
    if (!memory.matches("[1-9]\\d*[mg]")) {
      throw new SettingException(
          "--memory: expected a size as in 512m or 2g, came '" + memory + "'.");
    }
  }

  private static void positive(CommandLine line, String name) {
    long came = Console.whole(line, name, 1);
    if (came < 1 || came > 100_000) {
      throw new SettingException("--" + name + ": expected 1 or more, came " + came + ".");
    }
  }

  private static Path parcel(CommandLine line, Path usual) {
    return line.hasOption("parcel") ? Path.of(line.getOptionValue("parcel")) : usual;
  }

  /**
   * Opens the model as executors will, so that what is wrong with it is said here, and packs it.
   */
  private static void pack(Path file, CommandLine line, Surroundings around) {
    LoadedModel whole = ModelOptions.open(line.getArgList().get(0), line, around);
    String at = line.getOptionValue("at");
    LoadedModel model = at == null ? whole : ModelOptions.sized(whole.cut(at), line);
    Note note = ModelOptions.note(model, line);
    if (line.hasOption("imagenet")) {
      note = new Note(note.image(), ImageNetClasses.read(around.places()), note.scores(), null);
    }
    ModelOptions.required(note, model);
    model.weights().check(model.model());
    int size = at == null ? 0 : Math.toIntExact(Console.whole(line, "size", 0));
    new Parcel(at, size, note).write(file, whole);
  }

  private static void say(SparkTools tools, Console console) {
    if (!tools.built()) {
      console.err().println("graft: the two jars of the line are made by tools/spark/build.");
    }
  }

  private static SparkTools.Words words(CommandLine line, Path parcel, boolean here) {
    int executors = Math.toIntExact(Console.whole(line, "executors", here ? 2 : 0));
    int processors = Runtime.getRuntime().availableProcessors();
    int usual = here ? Math.max(1, processors / executors) : 4;
    int cores = Math.toIntExact(Console.whole(line, "cores", usual));
    String heap = line.getOptionValue("memory", here ? "1g" : "2g");
    List<String> words = new ArrayList<>(List.of("--parcel", parcel.toString()));
    for (String name : new String[] {"data", "column", "format", "out"}) {
      if (line.hasOption(name)) {
        words.add("--" + name);
        words.add(here ? local(line.getOptionValue(name), name) : line.getOptionValue(name));
      }
    }
    if (line.hasOption("overwrite")) {
      words.add("--overwrite");
    }
    if (line.hasOption("threads")) {
      words.addAll(List.of("--threads", line.getOptionValue("threads")));
    }
    if (line.hasOption("precision")) {
      words.addAll(
          List.of("--precision", line.getOptionValue("precision").toLowerCase(Locale.ROOT)));
    }
    return new SparkTools.Words(
        line.getOptionValue("master", "MASTER"),
        executors,
        cores,
        new SparkTools.Memory(heap, overhead(parcel)),
        words);
  }

  /** A path on this machine as Spark takes it whatever its working folder is; a URI stays. */
  private static String local(String text, String name) {
    boolean path = name.equals("data") || name.equals("out");
    return path && !text.matches("[a-zA-Z][a-zA-Z0-9+.-]+:.*")
        ? Path.of(text).toAbsolutePath().normalize().toString()
        : text;
  }

  /**
   * MiB beside the heap of an executor: TensorFlow, weights as they are read and as they are used,
   * and what stands between the layers.
   */
  private static long overhead(Path parcel) {
    try {
      long mebibytes = 1024 + 3 * Files.size(parcel) / (1 << 20);
      return (mebibytes + 255) / 256 * 256;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
