package dev.graft.cli;

import dev.graft.advise.Advice;
import dev.graft.advise.Advisor;
import dev.graft.advise.Draft;
import dev.graft.advise.Scenario;
import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.data.Context;
import dev.graft.data.Dataset;
import dev.graft.data.Folders;
import dev.graft.data.Preprocessing;
import dev.graft.data.Source;
import dev.graft.error.SettingException;
import dev.graft.files.AtomicFiles;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.recipe.Surroundings;
import dev.graft.recipe.Trunk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft advise}: which of the four ways of transfer fits the data, with the figures. */
final class AdviseCommand implements Command {
  private static final int USUAL_SAMPLE = 400;
  private static final int LEAST_SAMPLE = 20;

  @Override
  public String name() {
    return "advise";
  }

  @Override
  public String summary() {
    return "Says which way of transfer fits your data, and writes its recipe.";
  }

  @Override
  public String usage() {
    return "--data SOURCE [options]";
  }

  @Override
  public String example() {
    return "graft advise --data photos --trunk vgg16 --weights vgg16_notop.h5 --out recipe.json";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Console.value("data", "SOURCE", "class folders, .csv, IDX or .npy pair, or a data set"));
    options.addOption(SourceText.folder());
    options.addOption(
        Console.value("trunk", "NAME", "an application or a Keras file (default vgg16)"));
    options.addOption(Console.value("weights", "FILE", "the trunk's weights"));
    options.addOption(
        Console.value(
            "sample", "N", "how many examples are probed (default " + USUAL_SAMPLE + ")"));
    options.addOption(Console.value("size", "PIXELS", "height and width of the pictures"));
    options.addOption(Console.value("out", "FILE", "where the recipe is written"));
    options.addOption(Console.json());
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (!line.getArgList().isEmpty() || !line.hasOption("data")) {
      throw expected("--data");
    }
    int sample = Math.toIntExact(Console.whole(line, "sample", USUAL_SAMPLE));
    if (sample < LEAST_SAMPLE) {
      throw new SettingException(
          "--sample: expected at least " + LEAST_SAMPLE + ", came " + sample + ".");
    }
    Path out = line.hasOption("out") ? Path.of(line.getOptionValue("out")) : null;
    if (out != null && Files.exists(out)) {
      throw new SettingException(
          "--out: " + out + " is there already. Remove it, or choose another place.");
    }
    Surroundings around = console.surroundings(line, null, null);
    Path weights = line.hasOption("weights") ? Path.of(line.getOptionValue("weights")) : null;
    int size = Console.count(line, "size", 0);
    Trunk trunk = Trunk.open(line.getOptionValue("trunk", "vgg16"), weights, size, around);
    Map<String, Object> source = SourceText.parse(line);
    if (source.containsKey("dataset")) {
      source.put("part", "train");
    }
    Config words = Config.of(source, "--data");
    Dataset data =
        Source.read(
            words,
            Context.training(Path.of("").toAbsolutePath(), around.places(), around.progress()));
    words.done();
    Spec input = trunk.model().model().specs().get(trunk.model().model().inputs().get(0));
    Preprocessing image =
        trunk
            .model()
            .note()
            .image()
            .sized((int) input.size(1), (int) input.size(2), trunk.model().note().image().color());
    Advice advice;
    try (Network network = trunk.model().network(around)) {
      advice =
          new Advisor(network, image, around.settings(), around.progress())
              .on(data, sample, Console.whole(line, "seed", 42));
    }
    Draft draft = new Draft("advised", trunk.words(), data(source, image), trunk.model().model());
    report(advice, draft, out, line.hasOption("json"), console);
    return 0;
  }

  /** The {@code data} of the recipe. */
  private static Map<String, Object> data(Map<String, Object> source, Preprocessing image) {
    Map<String, Object> train = new LinkedHashMap<>(source);
    train.replaceAll((key, value) -> isPath(key) ? absolute(value) : value);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("train", train);
    boolean parted =
        !train.containsKey("csv")
            && train.get("folder") instanceof String folder
            && Folders.hasValidation(Path.of(folder));
    if (!parted) {
      data.put("validation", Map.of("split", 0.2, "seed", 42));
    }
    data.put("image", Map.of("size", List.of(image.size()[0], image.size()[1])));
    return data;
  }

  private static boolean isPath(String key) {
    return !key.equals("dataset") && !key.equals("part");
  }

  private static Object absolute(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(AdviseCommand::absolute).toList()
        : Path.of(value.toString()).toAbsolutePath().normalize().toString();
  }

  private static void report(Advice advice, Draft draft, Path out, boolean json, Console console) {
    boolean none = advice.scenario() == Scenario.NONE;
    Map<String, Object> recipe = none ? null : draft.recipe(advice);
    if (out != null && !none) {
      AtomicFiles.string(out, Json.pretty(recipe));
    }
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>(advice.json());
      all.put("recipe", recipe);
      console.out().print(Json.pretty(all));
      return;
    }
    console.out().print(advice.text());
    if (none) {
      return;
    }
    if (out == null) {
      console.out().println("Its recipe, which --out FILE writes:");
      console.out().print(Json.pretty(recipe));
    } else {
      console.out().println("Recipe: " + out + "   (graft train " + out + ")");
    }
  }
}
