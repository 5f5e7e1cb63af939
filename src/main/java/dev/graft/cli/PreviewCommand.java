package dev.graft.cli;

import dev.graft.config.Config;
import dev.graft.data.Augmentation;
import dev.graft.data.Dataset;
import dev.graft.data.Preprocessing;
import dev.graft.data.Preview;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.AtomicFiles;
import dev.graft.network.Seeds;
import dev.graft.recipe.Surroundings;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft preview}: a grid of pictures as training sees them. */
final class PreviewCommand implements Command {
  @Override
  public String name() {
    return "preview";
  }

  /** Arguments of {@code augment} after which pictures are none to look at. */
  private static final String[] NOT_SEEN = {
    "rescale",
    "validation_split",
    "samplewise_center",
    "samplewise_std_normalization",
    "featurewise_center",
    "featurewise_std_normalization",
    "zca_whitening",
    "zca_epsilon"
  };

  @Override
  public String summary() {
    return "Draws a grid of pictures as augmentation changes them.";
  }

  @Override
  public String usage() {
    return "--data SOURCE --augment WHAT --out FILE.png [options]";
  }

  @Override
  public String example() {
    return "graft preview --data photos --augment '{\"rotation_range\": 30}' --out preview.png";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Console.value("data", "SOURCE", "class folders, images, arrays or a data set"));
    options.addOption(SourceText.folder());
    options.addOption(
        Console.value(
            "augment", "WHAT", "a recipe file, or its 'augment' as JSON, in a file or here"));
    options.addOption(Console.value("out", "FILE", "a .png"));
    options.addOption(Console.value("size", "PIXELS", "height and width (default 160)"));
    options.addOption(Console.json());
    options.addOption(Console.value("rows", "N", "examples, spread over the data (default 5)"));
    options.addOption(Console.value("passes", "N", "changed pictures of each (default 6)"));
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    for (String needed : List.of("data", "augment", "out")) {
      if (!line.hasOption(needed) || !line.getArgList().isEmpty()) {
        throw expected("--data, --augment and --out");
      }
    }
    Path out = Path.of(line.getOptionValue("out"));
    if (!out.toString().endsWith(".png")) {
      throw new SettingException("--out " + out + ": expected a name that ends in .png.");
    }
    Surroundings around = console.surroundings(line, null, null);
    Config augment = augment(line.getOptionValue("augment"));
    Augmentation changes = Augmentation.read(augment);
    augment.ignore(NOT_SEEN);
    augment.done();
    Dataset data = SourceText.examples(line, around);
    long seed = Seeds.mix(Console.whole(line, "seed", 42), 0);
    Preview preview = new Preview(data, image(data, line), changes, seed);
    int[] rows = preview.spread(Console.count(line, "rows", 5));
    BufferedImage grid = preview.draw(rows, Console.count(line, "passes", 6), around.settings());
    AtomicFiles.write(out, path -> ImageIO.write(grid, "png", path.toFile()));
    List<String> lines = new ArrayList<>();
    for (int row : rows) {
      lines.add(data.name(row));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("preview", out.toString());
    json.put("examples", List.copyOf(lines));
    lines.add("Preview: " + out + " (left: unchanged)");
    console.tell(line, json, lines);
    return 0;
  }

  private static Preprocessing image(Dataset data, CommandLine line) {
    Map<String, Object> image = new LinkedHashMap<>();
    long size = Console.count(line, "size", data.file(0) == null ? 0 : 160);
    if (size > 0) {
      image.put("size", List.of(size, size));
    } else {
      int[] shape = data.inputs().get(0).column().shape();
      image.put("size", List.of(shape[0], shape[1]));
      image.put("color", shape[shape.length - 1] == 1 ? "grayscale" : "rgb");
    }
    return Preprocessing.read(Config.of(image, "options"), Preprocessing.none());
  }

  /** JSON as it stands, or from a file; of a recipe its {@code data.augment}. */
  private static Config augment(String text) {
    boolean here = text.strip().startsWith("{") || text.strip().startsWith("[");
    if (!here && !Files.isRegularFile(Path.of(text))) {
      throw new DataException(
          "--augment " + text + ": expected a recipe, a JSON file or JSON, there is no such file.");
    }
    Config config = here ? Config.parse(text, "--augment") : Config.read(Path.of(text));
    if (config.isList() || !config.has("graft")) {
      return config;
    }
    if (!config.get("data").has("augment")) {
      throw new SettingException("--augment " + text + ": the recipe's data has no 'augment'.");
    }
    return Config.of(config.get("data").get("augment").plain(), "--augment");
  }
}
