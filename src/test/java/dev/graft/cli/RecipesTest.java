package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe in {@code graphs} runs, cut down to a few examples and steps. */
class RecipesTest {
  private static final Path GRAPHS = Path.of("graphs");
  private static final Path SHARED = Path.of("../shared");
  private static final Path FROZEN = Path.of("src/test/resources/goldens/frozen");
  private static final int KNOWN = 13;
  private static final int KNOWN_IN_CATALOGUE = 21;

  @TempDir static Path folder;

  private static List<Path> recipes(Path below) throws IOException {
    try (Stream<Path> all = Files.list(below)) {
      return all.filter(p -> p.toString().endsWith(".json")).sorted().toList();
    }
  }

  static List<Path> catalogue() throws IOException {
    return recipes(GRAPHS.resolve("catalogue"));
  }

  static List<Path> articles() throws IOException {
    return recipes(GRAPHS).stream().filter(p -> !p.endsWith("quickstart.json")).toList();
  }

  @Test
  void noRecipeIsLost() throws IOException {
    assertThat(articles()).hasSizeGreaterThanOrEqualTo(KNOWN);
    assertThat(catalogue()).hasSizeGreaterThanOrEqualTo(KNOWN_IN_CATALOGUE);
  }

  @ParameterizedTest
  @MethodSource("catalogue")
  void theCatalogueRunsOnTheSampleInTheJar(Path recipe) {
    Path run = run(recipe, List.of("--set", "data.train.take=96"), 2);
    List<Config> epochs = Config.read(run.resolve("history.json")).items();
    assertThat(epochs.get(1).number("loss")).isLessThan(epochs.get(0).number("loss"));
  }

  @ParameterizedTest
  @MethodSource("articles")
  @Tag("shared")
  void theArticlesRunOnTheirData(Path recipe) throws IOException {
    assumeTrue(Files.isDirectory(SHARED), "no ../shared: the articles' recipes are not tried");
    run(recipe, overrides(recipe.getFileName().toString().replace(".json", "")), 1);
  }

  /** Trains {@code recipe} for {@code epochs} into a fresh folder. */
  private static Path run(Path recipe, List<String> more, int epochs) {
    String name = recipe.getFileName().toString().replace(".json", "");
    Path out = folder.resolve(name);
    List<String> words = new ArrayList<>(List.of("train", recipe.toString(), "--out", out + ""));
    int stages = Config.read(recipe).get("stages").items().size();
    for (int i = 0; i < stages; i++) {
      words.addAll(List.of("--set", "stages." + i + ".epochs=" + epochs));
    }
    words.addAll(more);
    Cli.Outcome outcome = Cli.graft(words.toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return out;
  }

  private static List<String> set(Map<String, String> values) {
    List<String> words = new ArrayList<>();
    values.forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
    return words;
  }

  private static List<String> overrides(String name) throws IOException {
    List<String> words = new ArrayList<>();
    String data = SHARED.resolve("data").toString();
    String weights = SHARED.resolve("weights/vgg16_imagenet_notop.h5").toString();
    if (name.startsWith("mnist")) {
      words.addAll(List.of("--data", data + "/mnist"));
      words.addAll(set(Map.of("data.train.take", "256")));
    } else if (name.startsWith("fashion")) {
      words.addAll(List.of("--data", data + "/fashion-mnist"));
      words.addAll(set(Map.of("data.train.take", "200")));
      if (name.endsWith("b-on-a")) {
        words.addAll(set(Map.of("model.load", a() + "")));
      }
    } else if (name.startsWith("flowers")) {
      words.addAll(List.of("--data", FROZEN.resolve("photos").toString()));
      if (!name.endsWith("scratch")) {
        words.addAll(List.of("--weights", weights));
      }
      words.addAll(set(Map.of("data.image.size", "[48,48]")));
    } else if (name.startsWith("digits")) {
      Path digits = digits();
      words.addAll(List.of("--weights", weights));
      words.addAll(
          set(
              Map.of(
                  "data.train.csv", digits.resolve("train.csv").toString(),
                  "data.train.folder", digits.toString(),
                  "data.train.take", "12",
                  "data.image.size", "[48,48]",
                  "model.trunk.input", "[48,48,3]")));
    } else {
      words.addAll(List.of("--data", FROZEN.resolve("photos").toString()));
      words.addAll(set(Map.of("model.graphdef.file", FROZEN.resolve("inception.pb") + "")));
    }
    return words;
  }

  /** Model A, trained on a handful of examples when no test has done so yet. */
  private static Path a() throws IOException {
    Path run = folder.resolve("fashion-a");
    return (Files.exists(run)
            ? run
            : run(GRAPHS.resolve("fashion-a.json"), overrides("fashion-a"), 1))
        .resolve("model.h5");
  }

  /** Twelve drawn digits, of every class. */
  private static Path digits() throws IOException {
    Path place = Files.createDirectories(folder.resolve("drawn"));
    StringBuilder csv = new StringBuilder("filename,label\n");
    for (int i = 0; i < 20; i++) {
      var image =
          new java.awt.image.BufferedImage(28, 28, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
      image.getGraphics().drawString(i % 10 + "", 8, 20);
      ImageIO.write(image, "png", place.resolve(i + ".png").toFile());
      csv.append(i).append(".png,").append(i % 10).append('\n');
    }
    Files.writeString(place.resolve("train.csv"), csv);
    return place;
  }

  @BeforeAll
  static void aloud() {
    if (!Files.isDirectory(SHARED)) {
      System.err.println("RecipesTest: no ../shared, so the articles' recipes are not tried");
    }
  }
}
