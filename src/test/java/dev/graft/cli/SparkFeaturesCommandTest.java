package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.fetch.Places;
import dev.graft.files.NpyFile;
import dev.graft.layers.Layers;
import dev.graft.progress.Progress;
import dev.graft.recipe.Parcel;
import dev.graft.recipe.PhotoRows;
import dev.graft.recipe.Predictor;
import dev.graft.recipe.Surroundings;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What travels to Spark and the line that takes it there. Spark itself: {@code tools/spark}. */
class SparkFeaturesCommandTest {
  private static final Path FILES = Path.of("src/test/resources/goldens/images/files");
  private static final String MODEL = "src/test/resources/goldens/explain/softmax.keras";
  private static final List<String> PHOTOS = List.of("gray.png", "photo.jpg", "rgb.tif");

  @TempDir Path folder;

  private Cli.Outcome pack(String model, String... more) {
    List<String> words = new ArrayList<>(List.of("spark-features", model, "--preprocess", "none"));
    words.addAll(List.of("--parcel", folder.resolve("parcel.zip").toString()));
    words.addAll(Arrays.asList(more));
    return Cli.graft(words.toArray(String[]::new));
  }

  private PhotoRows open() {
    return Parcel.open(
        folder.resolve("parcel.zip"),
        new Surroundings(
            Places.standard(null, null, null, Map.of()),
            new Settings(1, "cpu", Settings.Precision.FLOAT32),
            Layers.standard(),
            Progress.NONE,
            () -> false));
  }

  private float[][] features(Path photos, String out) throws IOException {
    Cli.Outcome outcome =
        Cli.graft(
            "features",
            MODEL,
            "--at",
            "mean",
            "--preprocess",
            "none",
            "--data",
            photos.toString(),
            "--out",
            folder.resolve(out).toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    try (NpyFile npy = NpyFile.open(folder.resolve(out))) {
      float[] values = npy.array().floats();
      float[][] rows = new float[(int) npy.shape()[0]][];
      for (int i = 0; i < rows.length; i++) {
        int width = values.length / rows.length;
        rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
      }
      return rows;
    }
  }

  private Path photos(String... names) throws IOException {
    Path photos = Files.createTempDirectory(folder, "photos");
    for (String name : names) {
      Files.copy(FILES.resolve(name), photos.resolve(name));
    }
    return photos;
  }

  @Test
  void printsTheLineForACluster() {
    Cli.Outcome outcome =
        pack(
            MODEL,
            "--at",
            "mean",
            "--data",
            "hdfs:///my photos",
            "--out",
            "hdfs:///f",
            "--master",
            "yarn",
            "--executors",
            "8",
            "--cores",
            "2",
            "--threads",
            "2");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .startsWith("spark-submit --master yarn \\\n  --num-executors 8 \\\n  --executor-cores 2")
        .contains("--conf spark.executor.memoryOverhead=1024m")
        .contains("--class dev.graft.spark.Main ")
        .contains("graft-spark_2.13-0.1.0.jar \\\n  --parcel ")
        .contains("--data 'hdfs:///my photos' \\\n  --out hdfs:///f \\\n  --threads 2\n");
    assertThat(
            pack(
                    MODEL,
                    "--predict",
                    "--data",
                    "x",
                    "--out",
                    "y",
                    "--master",
                    "spark://h:7077",
                    "--executors",
                    "3")
                .out())
        .contains("--total-executor-cores 12 \\\n  --executor-cores 4 --executor-memory 2g");
  }

  @Test
  void aRowHasTheBitsOfTheCommandLineInAnyCompany() throws IOException {
    float[][] together = features(photos(PHOTOS.toArray(String[]::new)), "together.npy");
    assertThat(pack(MODEL, "--at", "mean", "--data", "x", "--out", "y").code()).isZero();
    try (PhotoRows rows = open()) {
      List<byte[]> files = new ArrayList<>();
      for (int i = 0; i < PHOTOS.size(); i++) {
        String name = PHOTOS.get(i);
        files.add(Files.readAllBytes(FILES.resolve(name)));
        assertThat(features(photos(name), "alone" + i + ".npy")[0]).isEqualTo(together[i]);
        PhotoRows.Outcome one = rows.of(List.of(name), files.subList(i, i + 1)).get(0);
        assertThat(one.error()).isNull();
        assertThat(one.values()).isEqualTo(together[i]);
      }
      List<PhotoRows.Outcome> all = new ArrayList<>();
      all.addAll(rows.of(PHOTOS, files));
      for (int i = 0; i < PHOTOS.size(); i++) {
        assertThat(all.get(i).values()).isEqualTo(together[i]);
      }
    }
  }

  @Test
  void aBadImageCostsItsRowOnly() throws IOException {
    assertThat(pack(MODEL, "--predict", "--data", "x", "--out", "y").code()).isZero();
    byte[] good = Files.readAllBytes(FILES.resolve("photo.jpg"));
    List<byte[]> files = new ArrayList<>();
    files.add("no photo".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    files.add(good);
    files.add(Arrays.copyOf(good, 200));
    files.add(null);
    files.add(new byte[0]);
    files.add(Arrays.copyOf(Files.readAllBytes(FILES.resolve("rgb.tif")), 50));
    files.add(Arrays.copyOf(Files.readAllBytes(FILES.resolve("rgb.bmp")), 60));
    try (PhotoRows rows = open()) {
      List<PhotoRows.Outcome> all = rows.of(List.of("a", "b", "c", "d", "e", "f", "g"), files);
      assertThat(all.get(0).error()).startsWith("a: expected a JPEG, PNG, GIF, BMP, TIFF or PPM");
      assertThat(all.get(1).error()).isNull();
      assertThat(all.get(2).error()).startsWith("c: the image is damaged or cut off (");
      assertThat(all.get(3).error()).startsWith("d: there are no bytes (null).");
      assertThat(all.get(4).error()).contains("came an empty file");
      assertThat(all.get(5).error()).startsWith("f: ");
      assertThat(all.get(6).error()).startsWith("g: ");
      Predictor.Guess surest = rows.guesses(all.get(1).values()).get(0);
      assertThat(surest.probability()).isBetween(0.2f, 1f);
    }
  }

  @Test
  void saysWhatIsWrong() {
    String data = folder.toString();
    assertThat(pack(MODEL, "--data", data, "--out", "y").error())
        .isEqualTo(
            "graft: spark-features: expected either --at LAYER or --predict. Give one of them.");
    assertThat(pack(MODEL, "--at", "mean", "--out", "y").error()).contains("--data and --out");
    assertThat(pack(MODEL, "--at", "nowhere", "--data", data, "--out", "y").error())
        .contains("nowhere");
    assertThat(pack(MODEL, "--predict", "--data", data, "--out", "y", "--cores", "0").error())
        .isEqualTo("graft: --cores: expected 1 or more, came 0.");
    assertThat(pack(MODEL, "--predict", "--data", data, "--out", "y", "--memory", "big").error())
        .contains("expected a size as in 512m or 2g, came 'big'");
    assertThat(pack(MODEL, "--at", "mean", "--imagenet", "--data", "x", "--out", "y").error())
        .contains("features have no classes");
    assertThat(
            Cli.graft(
                    Map.of("GRAFT_SPARK", folder.toString(), "CI", "true"),
                    "spark-features",
                    MODEL,
                    "--predict",
                    "--preprocess",
                    "none",
                    "--data",
                    data,
                    "--out",
                    "y",
                    "--run")
                .error())
        .contains(
            "--run: the job's jar is not there. Build it in a checkout with tools/spark/build");
    assertThatThrownBy(() -> Parcel.read(FILES.resolve("photo.jpg")))
        .hasMessageContaining("expected a parcel, a zip file that has parcel.json");
  }
}
