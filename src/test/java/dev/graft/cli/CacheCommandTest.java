package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that follow one another use what the frozen part made before, and notice what changed. */
class CacheCommandTest {
  private static final Path FILES = Path.of("src/test/resources/goldens/images/files");

  private static final String RECIPE =
      """
      {"graft": 1, "seed": 7, "name": "kept",
       "model": {"layers": [
         {"Conv2D": {"name": "first", "filters": 4, "kernel_size": 3, "activation": "relu"}},
         "Flatten", {"Dense": {"name": "head", "units": UNITS, "activation": "relu"}},
         {"Dense": {"units": "classes", "activation": "softmax"}}]},
       "data": {"train": {"folder": "photos"}, AUGMENT
                "image": {"size": [12, 12], "rescale": SCALE}},
       "stages": [{"name": "head", "freeze": ["first"], "optimizer": "sgd", "epochs": EPOCHS,
                   "loss": "categorical_crossentropy", "batch_size": 4, "cache": CACHE}],
       "export": []}
      """;

  @TempDir Path folder;
  private int run;

  @BeforeEach
  void photos() throws IOException {
    put("photo.jpg", "a/1.jpg");
    put("tiny.png", "a/2.png");
    put("gray.png", "b/3.png");
    put("palette.png", "b/4.png");
    put("rgb.bmp", "b/5.bmp");
  }

  private void put(String file, String name) throws IOException {
    Path target = folder.resolve("photos").resolve(name);
    Files.createDirectories(target.getParent());
    Files.deleteIfExists(target);
    Files.copy(FILES.resolve(file), target);
  }

  private Cli.Outcome train(String... changes) throws IOException {
    String recipe = RECIPE;
    for (int i = 0; i < changes.length; i += 2) {
      recipe = recipe.replace(changes[i], changes[i + 1]);
    }
    recipe =
        recipe
            .replace("UNITS", "3")
            .replace("SCALE", "0.01")
            .replace("EPOCHS", "2")
            .replace("AUGMENT", "")
            .replace("CACHE", "\"disk\"");
    Path file = Files.writeString(folder.resolve("recipe.json"), recipe);
    return graft("train", file.toString(), "--out", folder.resolve("run" + run++).toString());
  }

  private Cli.Outcome graft(String... arguments) {
    return Cli.at(folder.resolve("home"), arguments);
  }

  private static void reused(Cli.Outcome outcome, int there, int of) {
    assertThat(outcome.code()).as(outcome.err()).isZero();
    if (there == 0) {
      assertThat(outcome.err()).doesNotContain("are there already");
    } else {
      assertThat(outcome.err()).contains(there + " of " + of + " features are there already");
    }
  }

  /** The losses of a run, which are all that may not differ. */
  private List<String> losses(int number) throws IOException {
    return Files.readAllLines(folder.resolve("run" + number).resolve("history.json")).stream()
        .filter(line -> line.contains("loss"))
        .toList();
  }

  @Test
  void keepsAndNotices() throws IOException {
    reused(train(), 0, 5);
    reused(train(), 5, 5);
    assertThat(losses(1)).hasSize(2).isEqualTo(losses(0));
    // Another head and other epochs change nothing before the cut.
    reused(train("UNITS", "6", "EPOCHS", "1"), 5, 5);
    put("turned.jpg", "a/1.jpg");
    reused(train(), 4, 5);
    put("photo.jpg", "a/1.jpg");
    put("rgb.tif", "b/6.tif");
    // The TIFF and the BMP have the same pixels, but are not the same files.
    reused(train(), 5, 6);
    reused(train("SCALE", "0.02"), 0, 6);
    // The seed decides the trunk's first weights.
    reused(train("\"seed\": 7", "\"seed\": 8"), 0, 6);
    reused(train("\"filters\": 4", "\"filters\": 4, \"strides\": 2"), 0, 6);
    reused(train("CACHE", "\"off\""), 0, 6);

    Cli.Outcome list = graft("cache", "list");
    assertThat(list.out()).contains("3 kept, ").contains("flatten").contains("rows");
    Cli.Outcome unknown = graft("cache", "clear", "xyz");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.error()).startsWith("graft: cache clear xyz: there is no such key.");
    assertThat(graft("cache", "clear").out()).startsWith("3 cleared, ");
    assertThat(graft("cache", "list").out()).startsWith("0 kept, 0.0 MB");
    reused(train(), 0, 6);
  }

  @Test
  void whereNothingCanBeWrittenFeaturesAreInMemory() throws IOException {
    reused(train(), 0, 5);
    graft("cache", "clear");
    Path cache = folder.resolve("home").resolve("cache");
    AtomicFiles.delete(cache);
    Files.createFile(cache);
    Cli.Outcome outcome = train();
    reused(outcome, 0, 5);
    assertThat(outcome.err())
        .containsOnlyOnce("kept features may not be written there. Set GRAFT_HOME to another")
        .contains("Missing features (5) are kept in memory, for this run alone.");
    assertThat(losses(1)).hasSize(2).isEqualTo(losses(0));
  }

  @Test
  void keepsChangedCopiesWhenAskedTo() throws IOException {
    String augment = "\"augment\": {\"rotation_range\": 30, \"horizontal_flip\": true},";
    Cli.Outcome plain = train("AUGMENT", augment);
    assertThat(plain.err()).contains("\"cache\": {\"copies\": 4} keeps four changed copies");
    reused(train("AUGMENT", augment, "CACHE", "{\"copies\": 3}"), 0, 15);
    reused(train("AUGMENT", augment, "CACHE", "{\"copies\": 3}", "EPOCHS", "3"), 15, 15);
    assertThat(losses(2)).hasSize(3).startsWith(losses(1).toArray(String[]::new));
    // One more copy is computed, the three are there.
    reused(train("AUGMENT", augment, "CACHE", "{\"copies\": 4}"), 15, 20);
    reused(train("AUGMENT", augment.replace("30", "31"), "CACHE", "{\"copies\": 2}"), 0, 10);
  }

  @Test
  void saysWhatCannotBeKept() throws IOException {
    Cli.Outcome same = train("CACHE", "{\"copies\": 2}");
    assertThat(same.code()).isEqualTo(2);
    assertThat(same.error())
        .isEqualTo(
            "graft: cache.copies: the training data has no 'augment', so all copies would be the"
                + " same. Set cache to \"disk\", or add 'augment'.");
    Cli.Outcome mixed =
        train("AUGMENT", "\"augment\": {\"mixup\": {}},", "CACHE", "{\"copies\": 2}");
    assertThat(mixed.error()).contains("mixup and cutmix mix each batch anew");
    Cli.Outcome unfrozen = train("[\"first\"]", "\"none\"");
    assertThat(unfrozen.err()).contains("stage 'head': no layer is frozen from the input on");
    assertThat(train("CACHE", "{\"copies\": 0}").error())
        .contains("cache.copies")
        .contains("a number of at least 1");
  }

  @Test
  void testPicturesAreKeptToo() throws IOException {
    String parts = "\"validation\": {\"folder\": \"photos\"}, \"test\": {\"folder\": \"photos\"},";
    Cli.Outcome first = train("AUGMENT", parts);
    assertThat(first.code()).as(first.err()).isZero();
    // Training, validation and test are three looks for the same photos.
    assertThat(times(first, "5 of 5 features are there already")).isEqualTo(2);
    assertThat(times(train("AUGMENT", parts), "5 of 5 features are there already")).isEqualTo(3);
    Config card = Config.read(folder.resolve("run1/card.json")).get("metrics");
    assertThat(card.number("test_loss")).isEqualTo(card.number("val_loss"));
  }

  @Test
  void validationPicturesThatAreChangedAreDrawnAnewOrKeptInOneCopy() throws IOException {
    String change = "{\"rotation_range\": 90, \"horizontal_flip\": true}";
    String augment =
        "\"augment\": %s, \"validation\": {\"folder\": \"photos\", \"augment\": %s},"
            .formatted(change, change);
    // At a rate of nothing only what is drawn makes the epochs differ.
    String[] still = {"\"sgd\"", "{\"SGD\": {\"learning_rate\": 0.0}}", "AUGMENT", augment};
    Cli.Outcome drawn = train(also(still, "CACHE", "\"off\""));
    assertThat(drawn.code()).as(drawn.err()).isZero();
    assertThat(validated(0)).doesNotHaveDuplicates();
    train(also(still, "CACHE", "\"off\""));
    assertThat(validated(1)).isEqualTo(validated(0));
    Cli.Outcome kept = train(also(still, "CACHE", "{\"copies\": 3}"));
    assertThat(validated(2)).hasSize(2).containsOnly(validated(2).get(0));
    // The first copy of the validation photos is one of those learnt from: same photos, same draw.
    assertThat(kept.err()).contains("5 of 5 features are there already");
  }

  @Test
  void validationPicturesAreChangedWhereThoseLearntFromAreNot() throws IOException {
    String validation = "\"validation\": {\"folder\": \"photos\"%s},";
    String change = ", \"augment\": {\"rotation_range\": 90, \"horizontal_flip\": true}";
    String[] still = {"\"sgd\"", "{\"SGD\": {\"learning_rate\": 0.0}}"};
    train(also(still, "AUGMENT", validation.formatted("")));
    train(also(still, "AUGMENT", validation.formatted(change)));
    assertThat(validated(1)).hasSize(2).containsOnly(validated(1).get(0));
    assertThat(validated(1).get(0)).isNotEqualTo(validated(0).get(0));
  }

  private static String[] also(String[] changes, String... more) {
    return Stream.concat(Arrays.stream(changes), Arrays.stream(more)).toArray(String[]::new);
  }

  private List<Double> validated(int number) {
    return Config.read(folder.resolve("run" + number).resolve("history.json")).items().stream()
        .map(epoch -> epoch.number("val_loss"))
        .toList();
  }

  private static int times(Cli.Outcome outcome, String said) {
    return outcome.err().split(Pattern.quote(said), -1).length - 1;
  }
}
