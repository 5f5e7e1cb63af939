package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.files.Hdf5File;
import dev.graft.files.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft features}, {@code graft preview} and shards. */
class FeaturesCommandTest {
  private static final Path FILES = Path.of("src/test/resources/goldens/images/files");
  private static final String MODEL = "src/test/resources/goldens/explain/softmax.keras";

  @TempDir Path folder;

  @BeforeEach
  void photos() throws IOException {
    put("photo.jpg", "a/comma, and space.jpg");
    put("tiny.png", "a/2.png");
    put("gray.png", "b/3.png");
    put("palette.png", "b/tab\tand line\nbreak.png");
    put("rgb.bmp", "b/-5.bmp");
  }

  private void put(String file, String name) throws IOException {
    Path target = folder.resolve("photos").resolve(name);
    Files.createDirectories(target.getParent());
    Files.copy(FILES.resolve(file), target);
  }

  private Cli.Outcome features(String out, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("features", MODEL, "--at", "mean", "--preprocess", "none", "--data"));
    words.add(folder.resolve("photos").toString());
    words.addAll(List.of("--out", folder.resolve(out).toString()));
    words.addAll(Arrays.asList(more));
    return Cli.graft(words.toArray(String[]::new));
  }

  /** Another network of the same shapes. */
  private Cli.Outcome others(String... more) {
    List<String> words = new ArrayList<>(List.of("features", MODEL.replace("softmax", "sigmoid")));
    words.addAll(List.of("--at", "mean", "--preprocess", "none", "--skip-bad", "--data"));
    words.add(folder.resolve("photos").toString());
    words.addAll(List.of("--out", folder.resolve("parts.npy").toString()));
    words.addAll(Arrays.asList(more));
    return Cli.graft(words.toArray(String[]::new));
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name));
  }

  @Test
  void writesTheSameValuesThreeWays() throws IOException {
    for (String out : List.of("f.npy", "f.csv", "f.h5")) {
      Cli.Outcome outcome = features(out);
      assertThat(outcome.code()).as(outcome.err()).isZero();
    }
    float[] values;
    try (NpyFile npy = NpyFile.open(folder.resolve("f.npy"))) {
      assertThat(npy.shape()).containsExactly(5, 8);
      values = npy.array().floats();
    }
    try (Hdf5File file = Hdf5File.open(folder.resolve("f.h5"))) {
      assertThat(file.root().findDataset("features").orElseThrow().floats()).isEqualTo(values);
      assertThat(file.root().findDataset("labels").orElseThrow().strings())
          .containsExactly("a", "a", "b", "b", "b");
      assertThat(file.root().findDataset("files").orElseThrow().strings().get(4))
          .endsWith("b/tab\tand line\nbreak.png");
    }
    String csv = Files.readString(folder.resolve("f.csv"));
    assertThat(csv).startsWith("file,label,f0,f1,").contains("comma, and space.jpg\",a,");
    List<String> names = Files.readAllLines(folder.resolve("f.tsv"));
    assertThat(names).hasSize(6).first().isEqualTo("file\tlabel");
    assertThat(names.get(5)).endsWith("b/tab\\tand line\\nbreak.png\tb");
  }

  @Test
  void decodeSaysWhosePixelsJpegsHave() throws IOException {
    features("pillow.csv");
    assertThat(features("tf.csv", "--decode", "tf").code()).isZero();
    List<String> pillow = Files.readAllLines(folder.resolve("pillow.csv"));
    List<String> tf = Files.readAllLines(folder.resolve("tf.csv"));
    assertThat(tf).hasSameSizeAs(pillow);
    int jpegs = 0;
    for (int i = 0; i < tf.size(); i++) {
      boolean jpeg = tf.get(i).contains(".jpg");
      assertThat(tf.get(i).equals(pillow.get(i))).as(tf.get(i)).isEqualTo(!jpeg);
      jpegs += jpeg ? 1 : 0;
    }
    assertThat(jpegs).isPositive();
    for (String other : List.of("opencv", "none")) {
      Cli.Outcome wrong = features("x.csv", "--decode", other);
      assertThat(wrong.code()).isEqualTo(2);
      assertThat(wrong.err()).contains("--decode " + other + ": expected pillow or tf.");
    }
  }

  @Test
  void aTableCanBeTrainedOnAtOnce() throws IOException {
    features("f.csv");
    Path recipe =
        Files.writeString(
            folder.resolve("plain.json"),
            """
            {"graft": 1, "name": "plain", "seed": 1,
             "model": {"layers": [{"Dense": {"units": "classes", "activation": "softmax"}}]},
             "data": {"train": {"table": "f.csv"}},
             "stages": [{"optimizer": "sgd", "epochs": 1, "loss": "categorical_crossentropy"}],
             "export": []}
            """);
    Cli.Outcome outcome =
        Cli.graft("train", recipe.toString(), "--out", folder.resolve("run").toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("5 examples to train on");
  }

  @Test
  void shardsJoinedAreTheWholeByteForByte() throws IOException {
    for (int i = 6; i < 150; i++) {
      put(i % 2 == 0 ? "photo.jpg" : "tiny.png", "b/more" + i + (i % 2 == 0 ? ".jpg" : ".png"));
    }
    Files.writeString(folder.resolve("photos/a/broken.jpg"), "no photo");
    Cli.Outcome refused = features("whole.npy");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.error()).contains("1 of 150 images cannot be read").contains("--skip-bad");
    assertThat(features("whole.npy", "--skip-bad").err()).contains("broken.jpg");
    for (int i : new int[] {2, 0, 1}) {
      Cli.Outcome part = features("parts.npy", "--skip-bad", "--shard", i + "/3");
      assertThat(part.code()).as(part.err()).isZero();
    }
    assertThat(features("parts.npy", "--skip-bad", "--shard", "1/3").err())
        .contains("shard 1/3: is there already.");
    Cli.Outcome merged = features("parts.npy", "--skip-bad", "--merge");
    assertThat(merged.code()).as(merged.err()).isZero();
    assertThat(bytes("parts.npy")).isEqualTo(bytes("whole.npy"));
    assertThat(bytes("parts.tsv")).isEqualTo(bytes("whole.tsv"));

    for (String[] more : new String[][] {{"--merge"}, {"--shard", "0/3"}}) {
      Cli.Outcome alien = others(more);
      assertThat(alien.code()).isEqualTo(2);
      assertThat(alien.error()).contains("was made with another model").contains("its hash is");
    }
    assertThat(bytes("parts.npy")).isEqualTo(bytes("whole.npy"));

    Files.delete(folder.resolve("parts.npy.parts/part-00001-of-00003.h5"));
    assertThat(features("parts.npy", "--skip-bad", "--merge").error())
        .contains("misses the shards 1/3");
    Files.delete(folder.resolve("photos/b/more7.png"));
    assertThat(features("parts.npy", "--skip-bad", "--shard", "0/3").error())
        .contains("was made with another model, other settings or another list of examples");
    assertThat(features("parts.npy", "--shard", "3/3").error())
        .isEqualTo("graft: --shard 3/3: the shards of 3 are 0 to 2.");
    assertThat(features("parts.npy", "--shard", "one").error()).contains("expected i/n");
  }

  @Test
  void predictsInShards() throws IOException {
    String photos = folder.resolve("photos").toString();
    String whole = folder.resolve("whole.csv").toString();
    String joined = folder.resolve("joined.csv").toString();
    assertThat(Cli.graft("predict", MODEL, photos, "--preprocess", "none", "--out", whole).code())
        .isZero();
    for (int i = 0; i < 2; i++) {
      Cli.Outcome part =
          Cli.graft(
              "predict",
              MODEL,
              photos,
              "--preprocess",
              "none",
              "--out",
              joined,
              "--shard",
              i + "/2");
      assertThat(part.code()).as(part.err()).isZero();
    }
    Cli.Outcome merged =
        Cli.graft("predict", MODEL, photos, "--preprocess", "none", "--out", joined, "--merge");
    assertThat(merged.code()).as(merged.err()).isZero();
    assertThat(bytes("joined.csv")).isEqualTo(bytes("whole.csv"));
  }

  @Test
  void drawsAPreview() throws IOException {
    Path out = folder.resolve("preview.png");
    Cli.Outcome outcome =
        Cli.graft(
            "preview",
            "--data",
            folder.resolve("photos").toString(),
            "--augment",
            "{\"rotation_range\": 40, \"horizontal_flip\": true}",
            "--size",
            "32",
            "--out",
            out.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("Preview: ");
    var image = javax.imageio.ImageIO.read(out.toFile());
    assertThat(image.getWidth()).isEqualTo(7 * 36 + 4);
    assertThat(image.getHeight()).isEqualTo(5 * 36 + 4);
    assertThat(Stream.of(image.getRGB(50, 20), image.getRGB(90, 20)).distinct().count())
        .isEqualTo(2);
  }
}
