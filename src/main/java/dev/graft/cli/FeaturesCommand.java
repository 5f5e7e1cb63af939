package dev.graft.cli;

import dev.graft.data.Dataset;
import dev.graft.data.Examples;
import dev.graft.data.Preparation;
import dev.graft.data.Source;
import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.network.Network;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.RowWork;
import dev.graft.recipe.Shard;
import dev.graft.recipe.Surroundings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft features}: what a layer gives for every example, as a table or an array. */
final class FeaturesCommand implements Command {
  @Override
  public String name() {
    return "features";
  }

  @Override
  public String summary() {
    return "Writes what a layer gives for every example: .npy, .csv or .h5.";
  }

  @Override
  public String usage() {
    return "MODEL --at LAYER --data SOURCE --out FILE [options]";
  }

  @Override
  public String example() {
    return "graft features vgg16 --weights vgg16_notop.h5 --at block5_pool --data photos --out"
        + " features.csv";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.json());
    options.addOption(
        Console.value("at", "LAYER", "the layer, by name or index (-2: last but one)"));
    options.addOption(
        Console.value("data", "SOURCE", "class folders, images, .csv, arrays, or a data set"));
    options.addOption(SourceText.folder());
    options.addOption(Console.value("out", "FILE", ".npy (names in .tsv beside it), .csv or .h5"));
    options.addOption(Console.flag("skip-bad", "leave out images that cannot be read, and say so"));
    shards(options);
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  /** The options of work that several processes share. */
  static void shards(Options options) {
    options.addOption(
        Console.value("shard", "I/N", "only part I (from 0) of N, into the folder FILE.parts"));
    options.addOption(Console.flag("merge", "join the parts of all shards to FILE"));
  }

  /** The shard that is asked for, or null; not with {@code --merge}. */
  static Shard shard(CommandLine line) {
    if (!line.hasOption("shard")) {
      return null;
    }
    if (line.hasOption("merge")) {
      throw new SettingException("--merge: joins what --shard left. Give one of them.");
    }
    if (!line.hasOption("out")) {
      throw new SettingException("--shard: needs --out, beside which the parts go.");
    }
    return Shard.parse(line.getOptionValue("shard"));
  }

  @Override
  public int run(CommandLine line, Console console) {
    for (String needed : new String[] {"at", "data", "out"}) {
      if (line.getArgList().size() != 1 || !line.hasOption(needed)) {
        throw expected("a MODEL, --at, --data and --out");
      }
    }
    Shard shard = shard(line);
    Path out = Path.of(line.getOptionValue("out"));
    Surroundings around = console.surroundings(line, null, null);
    LoadedModel model =
        ModelOptions.sized(
            ModelOptions.open(line.getArgList().get(0), line, around)
                .cut(line.getOptionValue("at")),
            line);
    Note note = ModelOptions.note(model, line);
    List<Examples.Field> inputs = Examples.Field.inputsOf(model.model());
    Dataset data = data(line, model, inputs, around);
    boolean pictures = data.file(0) != null || note.image() != null;
    if (pictures) {
      ModelOptions.required(note, model);
    }
    Preparation how = new Preparation(pictures ? note.image() : null, null);
    try (Network network = model.network(around)) {
      RowWork work = new RowWork(network, data, how, line.hasOption("skip-bad"), around).filled();
      if (!line.hasOption("merge")) {
        // From here on Ctrl-C leaves nothing half written.
        console.interrupt().watch();
      }
      if (shard != null) {
        String part = work.shard(out, shard).toString();
        console.tell(line, Map.of("part", part), List.of("Part: " + part));
      } else {
        if (line.hasOption("merge")) {
          work.merge(out);
          console.tell(line, Map.of("features", out.toString()), List.of("Features: " + out));
        } else {
          RowWork.Done done = work.write(out);
          Map<String, Object> json = new LinkedHashMap<>();
          json.put("features", out.toString());
          json.put("rows", done.rows());
          json.put("seconds", done.seconds());
          String text =
              String.format(
                  Locale.ROOT,
                  "Features: %s - %,d %s - %,.1f a second",
                  out,
                  done.rows(),
                  data.file(0) == null ? "examples" : "images",
                  done.rows() / done.seconds());
          console.tell(line, json, List.of(text));
        }
      }
    }
    return 0;
  }

  private static Dataset data(
      CommandLine line, LoadedModel model, List<Examples.Field> inputs, Surroundings around) {
    String given = line.getOptionValue("data");
    if (given.endsWith(".csv") && TableText.takesTexts(model.model())) {
      SourceText.refuseFolder(line);
      return Source.rows(Path.of(given), inputs);
    }
    return SourceText.examples(line, around).fitted(inputs);
  }
}
