package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong: one clear line, exit code 2, nothing half-written. */
class BadInputTest {
  private static final String WEIGHTS = "weights/vgg16_block3_pool.h5";

  @TempDir Path folder;

  @AfterEach
  void nothingIsHalfWritten() {
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private Cli.Outcome train(Path photos, String... more) {
    return trainUntil("block3_pool", photos, more);
  }

  private Cli.Outcome trainUntil(String until, Path photos, String... more) {
    String out = folder.resolve("out").toString();
    return Cli.graft(
        Stream.concat(
                Stream.of("train", "--data", photos.toString(), "--out", out, "--until", until),
                Stream.concat(
                    Stream.of("--size", "56", "--epochs", "1", "--head", "8"), Stream.of(more)))
            .toArray(String[]::new));
  }

  private void refused(Cli.Outcome outcome, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.error()).contains(parts);
    assertThat(outcome.err().lines().filter(line -> line.startsWith("graft: "))).hasSize(1);
    assertThat(outcome.err()).doesNotContain("\tat ");
  }

  private Path photos(String... classes) throws IOException {
    Path photos = folder.resolve("photos");
    for (String name : classes) {
      Path of = Files.createDirectories(photos.resolve(name));
      for (int i = 0; i < 5; i++) {
        BufferedImage image = new BufferedImage(60, 60, BufferedImage.TYPE_INT_RGB);
        image.setRGB(i, i, name.hashCode());
        ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
      }
    }
    return photos;
  }

  @Test
  void noWeightsFile() throws IOException {
    refused(
        train(photos("a", "b"), "--weights", folder.resolve("none.h5").toString()),
        "there is no file",
        "none.h5");
  }

  @Test
  void weightsThatAreNoHdf5() throws IOException {
    Path file = Files.writeString(folder.resolve("text.h5"), "not HDF5 at all");
    refused(train(photos("a", "b"), "--weights", file.toString()), "text.h5", "HDF5");
  }

  @Test
  void weightsOfAnotherNetwork() throws IOException {
    refused(
        trainUntil("block5_pool", photos("a", "b"), "--weights", WEIGHTS),
        "vgg16_block3_pool.h5",
        "block4_conv1");
  }

  @Test
  void aClassFolderWithoutImages() throws IOException {
    Path photos = photos("a", "b");
    Files.createDirectories(photos.resolve("c"));
    refused(train(photos, "--weights", WEIGHTS), "the class folder has no images");
  }

  @Test
  void oneClassOnly() throws IOException {
    refused(train(photos("a"), "--weights", WEIGHTS), "expected two classes or more", "'a'");
  }

  @Test
  void aBrokenImageAmongGoodOnes() throws IOException {
    Path photos = photos("a", "b");
    Files.writeString(photos.resolve("a/broken.jpg"), "this is no picture");
    refused(train(photos, "--weights", WEIGHTS), "1 of ", "cannot be read", "broken.jpg");
  }

  @Test
  void noSuchFolder() {
    refused(train(folder.resolve("nowhere"), "--weights", WEIGHTS), "there is no such folder");
  }

  @Test
  void aMisspeltKey() throws IOException {
    String recipe =
        Files.readString(Path.of("graphs/quickstart.json"))
            .replace("../weights", Path.of("weights").toAbsolutePath().toString())
            .replace("\"epochs\"", "\"epoch\"");
    Path file = Files.writeString(folder.resolve("recipe.json"), recipe);
    refused(
        Cli.graft("train", file.toString(), "--out", folder.resolve("out").toString()),
        "stages[0]",
        "'epoch' is not known here. Did you mean 'epochs'?");
  }

  @Test
  void anOutputPathUnderAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    refused(
        Cli.graft(
            "train",
            "graphs/quickstart.json",
            "--set",
            "data.train.take=32",
            "--set",
            "data.validation.take=32",
            "--out",
            file.resolve("run").toString()),
        "--out",
        "the folder cannot be made");
  }

  @Test
  void anUnknownCommandOrOption() {
    refused(Cli.graft("trian"), "there is no command 'trian'. Did you mean 'train'?");
    refused(Cli.graft("train", "--epoch", "3"), "epoch", "See: graft help train");
  }

  @Test
  void aModelThatIsNotThere() {
    refused(Cli.graft("summary", "nothing.h5"), "nothing.h5: no such file");
    refused(
        Cli.graft("predict", "vgg16", "photo.jpg"),
        "the ImageNet weights of vgg16",
        "Fetch them with: graft weights fetch vgg16-top");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rows 0|--rows: expected a whole number of at least 1, came 0.",
        "--passes -1|--passes: expected a whole number of at least 1, came -1.",
        "--size 0|--size: expected a whole number of at least 1, came 0.",
        "--size 8 --size 9|preview: --size was given twice. Leave one of them out.",
      })
  void previewsOfNothing(String options, String message) throws IOException {
    List<String> words = new ArrayList<>(List.of("preview", "--augment", "[\"RandomFlip\"]"));
    words.addAll(List.of("--data", photos("a", "b").toString()));
    words.addAll(List.of("--out", folder.resolve("out").toString() + ".png"));
    words.addAll(List.of(options.split(" ", -1)));
    refused(Cli.graft(words.toArray(String[]::new)), message);
  }

  @Test
  void previewsPassOverWhatIsNotSeen() throws IOException {
    Path out = folder.resolve("p.png");
    String augment = "{\"horizontal_flip\": true, \"featurewise_center\": true}";
    Cli.Outcome came =
        Cli.graft(
            "preview", "--data", photos("a", "b") + "", "--augment", augment, "--out", out + "");
    assertThat(came.code()).as(came.err()).isZero();
    assertThat(out).exists();
  }

  @Test
  void layersOfNothing() throws IOException {
    String out = folder.resolve("out").toString();
    refused(
        Cli.graft("train", "--data", photos("a", "b") + "", "--out", out, "--head", "8,0"),
        "--head: expected whole numbers of at least 1, came '0'.");
    Path recipe = folder.resolve("r.json");
    for (String layer :
        List.of(
            "{\"Dense\": {\"units\": 0}}|units: expected a whole number of at least 1, came 0.",
            "{\"Resizing\": {\"height\": 0, \"width\": 2}}|height: expected a whole number",
            "{\"BatchNormalization\": {\"axis\": 7}}|BatchNormalization: axis 7 is none of")) {
      String[] parts = layer.split("\\|", -1);
      Files.writeString(
          recipe,
          "{\"graft\": 1, \"name\": \"t\", \"model\": {\"layers\": ["
              + parts[0]
              + ", \"Flatten\", {\"Dense\": {\"units\": 10, \"activation\": \"softmax\"}}]},"
              + " \"data\": {\"train\": {\"dataset\": \"fashion-mnist-sample\", \"take\": 8}},"
              + " \"stages\": [{\"optimizer\": \"SGD\", \"epochs\": 1,"
              + " \"loss\": \"categorical_crossentropy\"}]}");
      refused(Cli.graft("train", recipe + "", "--out", out), parts[1]);
    }
  }

  /** {@code graft features} of a small VGG16, with what comes after {@code --data}. */
  private static String[] features(String out, String... data) {
    List<String> words = new ArrayList<>(List.of("features", "vgg16", "--weights", WEIGHTS));
    words.addAll(List.of("--at", "block1_pool", "--size", "32", "--out", out, "--data"));
    words.addAll(List.of(data));
    return words.toArray(String[]::new);
  }

  @Test
  void sourcesThatAreNone() throws IOException {
    Path text = Files.writeString(folder.resolve("x.txt"), "x");
    for (String source : List.of(text.toString(), folder + "/none", "nowhere")) {
      refused(
          Cli.graft(features(folder.resolve("out") + ".npy", source)),
          source.endsWith("txt")
              ? "x.txt is no folder, and no file with a name that ends in .csv, .npy"
              : source.endsWith("none")
                  ? "--data: there is no file or folder " + source + ". Check the path."
                  : "there is no data set 'nowhere'. Known here: fashion-mnist,");
    }
  }

  @Test
  void aListOfFilesThatLieElsewhere() throws IOException {
    Path photos = photos("a", "b");
    Path csv = Files.writeString(folder.resolve("list.csv"), "file,label\na/0,x\nb/3.png,y\n");
    String out = folder.resolve("f.csv").toString();
    refused(
        Cli.graft(features(out, csv + "")),
        "list.csv: row 2: no file 'a/0' in " + folder,
        "Correct the row or say where the files lie with --folder.");
    refused(
        Cli.graft(features(out, photos + "", "--folder", photos + "")),
        "--folder: it says where the files of a .csv lie, and --data is no list of files.");
    Cli.Outcome came = Cli.graft(features(out, csv + "", "--folder", photos + ""));
    assertThat(came.code()).as(came.err()).isZero();
    assertThat(Files.readAllLines(Path.of(out)).get(2)).startsWith(photos + "/b/3.png,y,");
  }

  @Test
  void modelsOfFourChannels() throws IOException {
    Path recipe = folder.resolve("rgba.json");
    Files.writeString(
        recipe,
        "{\"graft\": 1, \"name\": \"t\", \"model\": {\"layers\": [{\"Conv2D\": {\"filters\": 2,"
            + " \"kernel_size\": 3}}, \"Flatten\", {\"Dense\": {\"units\": \"classes\","
            + " \"activation\": \"softmax\"}}]}, \"data\": {\"train\": {\"folder\": \"photos\"},"
            + " \"image\": {\"size\": [8, 8], \"color\": \"rgba\", \"resize\": \"pillow\","
            + " \"rescale\": \"1/255\"}}, \"stages\": [{\"optimizer\": \"SGD\", \"epochs\": 1,"
            + " \"loss\": \"categorical_crossentropy\"}], \"export\": [\"keras\"]}");
    Path photos = photos("a", "b");
    String run = folder.resolve("run").toString();
    Cli.Outcome trained = Cli.graft("train", recipe + "", "--out", run);
    assertThat(trained.code()).as(trained.err()).isZero();
    Cli.Outcome came = Cli.graft("predict", run, photos + "/a/1.png", "--top", "1");
    assertThat(came.code()).as(came.err()).isZero();
  }
}
