package dev.graft.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.error.SettingException;
import dev.graft.files.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two executors, each a JVM of its own, against the command line. */
@Tag("scale")
class LocalClusterTest {
  private static final int PHOTOS = 42;

  @TempDir static Path folder;

  private static SparkSession spark;
  private static Path photos;
  private static String features;
  private static Map<String, float[]> expected;

  @BeforeAll
  static void begin() throws IOException, InterruptedException {
    photos = Lab.photos(folder.resolve("photos"));
    features =
        Lab.parcel(
            folder.resolve("features.zip"), Lab.MODEL, "--at", "mean", "--preprocess", "none");
    expected = commandLine(Lab.MODEL, "mean");
    spark = Lab.cluster();
  }

  @AfterAll
  static void end() {
    if (spark != null) {
      spark.stop();
    }
  }

  /** What {@code graft features} writes, by name. */
  private static Map<String, float[]> commandLine(Path model, String at)
      throws IOException, InterruptedException {
    Path out = folder.resolve("cli-" + at + ".npy");
    Lab.Outcome outcome =
        Lab.graft(
            "features",
            model.toString(),
            "--at",
            at,
            "--preprocess",
            "none",
            "--data",
            photos.toString(),
            "--out",
            out.toString(),
            "--skip-bad");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<String> names = Files.readAllLines(folder.resolve("cli-" + at + ".tsv"));
    Map<String, float[]> all = new TreeMap<>();
    try (NpyFile npy = NpyFile.open(out)) {
      float[] values = npy.array().floats();
      int rows = names.size() - 1;
      int width = values.length / rows;
      for (int i = 0; i < rows; i++) {
        String name = names.get(i + 1).split("\t", -1)[0];
        String end = name.substring(name.lastIndexOf('/', name.lastIndexOf('/') - 1) + 1);
        all.put(end, Arrays.copyOfRange(values, i * width, (i + 1) * width));
      }
    }
    return all;
  }

  /** Every row there once, the bits of the command line, one error. */
  private static void check(Dataset<Row> made, Map<String, float[]> wanted) throws IOException {
    String out = Files.createTempDirectory(folder, "out").resolve("rows").toString();
    made.write().parquet(out);
    Map<String, Row> rows = Lab.byName(spark.read().parquet(out).collectAsList());
    assertThat(rows).hasSize(PHOTOS);
    Map<String, float[]> came = new LinkedHashMap<>();
    rows.forEach(
        (name, row) -> {
          assertThat(row.schema().fieldNames()).containsExactly("path", "features", "error");
          if (row.isNullAt(2)) {
            List<Float> list = row.getList(1);
            float[] values = new float[list.size()];
            for (int i = 0; i < values.length; i++) {
              values[i] = list.get(i);
            }
            came.put(name, values);
          }
        });
    assertThat(came.keySet()).isEqualTo(wanted.keySet());
    came.forEach((name, values) -> assertThat(values).as(name).isEqualTo(wanted.get(name)));
    Row broken = rows.get("b/broken.jpg");
    assertThat(broken.isNullAt(1)).isTrue();
    assertThat(broken.getString(2))
        .contains("broken.jpg: expected a JPEG, PNG, GIF, BMP or TIFF, came text (\"no photo\")");
  }

  private Dataset<Row> transferred(Dataset<Row> images) {
    return SparkTransfer.of(spark, features).features(images, "content");
  }

  @Test
  void featuresAreTheCommandLinesBitForBit() throws IOException {
    Dataset<Row> images = Lab.images(spark, photos);
    assertThat(images.rdd().getNumPartitions()).isBetween(2, 20);
    check(transferred(images), expected);
  }

  @Test
  void bitsDoNotDependOnThePartition() throws IOException {
    // Up to a partition a row: each image goes through the network alone.
    check(transferred(Lab.images(spark, photos).repartition(60)), expected);
    check(transferred(Lab.images(spark, photos).coalesce(1)), expected);
  }

  @Test
  void aPlantedExceptionCostsNoRow() throws IOException {
    check(transferred(planted(Lab.images(spark, photos), false)), expected);
  }

  @Test
  void anExecutorThatHaltsCostsNoRow() throws IOException {
    check(transferred(planted(Lab.images(spark, photos), true)), expected);
  }

  /** In the middle of the first try of partition 1, after a few of its rows. */
  private static Dataset<Row> planted(Dataset<Row> images, boolean halts) {
    MapPartitionsFunction<Row, Row> each =
        rows -> {
          TaskContext task = TaskContext.get();
          boolean first = task.attemptNumber() == 0 && task.stageAttemptNumber() == 0;
          boolean here = first && task.partitionId() == 1;
          return new Failing(rows, here ? 3 : -1, halts);
        };
    return images.mapPartitions(each, Encoders.row(images.schema()));
  }

  @Test
  void predictionsAreTheCommandLines() throws IOException, InterruptedException {
    predicts(Lab.MODEL);
  }

  @Test
  void opensARunFolderASavedModelAndAFrozenGraph() throws IOException, InterruptedException {
    Path run = Files.createDirectories(folder.resolve("run"));
    Files.copy(Lab.MODEL, run.resolve("model.keras"));
    predicts(run);
    for (String kind : new String[] {"saved-model", "graphdef"}) {
      Path out = folder.resolve(kind.equals("graphdef") ? "frozen.pb" : "saved");
      Lab.Outcome made =
          Lab.graft("export", Lab.MODEL.toString(), "--as", kind, "--out", out.toString());
      assertThat(made.code()).as(made.err()).isZero();
      predicts(out);
    }
  }

  /** Classes and scores of {@code model}, by executors and by {@code graft predict}. */
  private static void predicts(Path model) throws IOException, InterruptedException {
    Path out = Files.createTempDirectory(folder, "predict").resolve("cli.csv");
    Files.delete(photos.resolve("b/broken.jpg"));
    Lab.Outcome outcome =
        Lab.graft(
            "predict",
            model.toString(),
            photos.toString(),
            "--preprocess",
            "none",
            "--top",
            "1",
            "--out",
            out.toString());
    Files.writeString(photos.resolve("b/broken.jpg"), "no photo");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    String parcel =
        Lab.parcel(out.resolveSibling("parcel.zip"), model, "--predict", "--preprocess", "none");
    Map<String, Row> came =
        Lab.byName(
            SparkTransfer.of(spark, renamed(parcel, model))
                .predictions(Lab.images(spark, photos), "content")
                .collectAsList());
    assertThat(came).hasSize(PHOTOS);
    Row broken = came.remove("b/broken.jpg");
    assertThat(broken.isNullAt(1) && broken.isNullAt(2) && !broken.isNullAt(3)).isTrue();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(PHOTOS);
    for (String line : lines.subList(1, PHOTOS)) {
      String[] fields = line.split(",", -1);
      String name =
          fields[0].substring(fields[0].lastIndexOf('/', fields[0].lastIndexOf('/') - 1) + 1);
      Row row = came.get(name);
      assertThat(row.getString(1)).as(name).isEqualTo(fields[1]);
      // The command line's last batch is not filled up, which may change the last bit.
      assertThat(row.getFloat(2)).as(name).isCloseTo(Float.parseFloat(fields[2]), within(1e-6f));
    }
  }

  /** Files that a Spark session is given go by their names, so each parcel has its own. */
  private static String renamed(String parcel, Path model) throws IOException {
    Path own = Path.of(parcel).resolveSibling(model.getFileName() + ".zip");
    return Files.move(Path.of(parcel), own).toString();
  }

  @Test
  void takesAColumnOfBytesAndKeepsTheOthers() throws IOException {
    String table = folder.resolve("table").toString();
    Dataset<Row> images = Lab.images(spark, photos);
    images
        .selectExpr("length(content) as size", "path", "content as jpeg")
        .unionAll(spark.sql("select 7, 'none', cast(null as binary)"))
        .write()
        .parquet(table);
    Dataset<Row> made =
        SparkTransfer.of(spark, features).features(spark.read().parquet(table), "jpeg");
    assertThat(made.columns()).containsExactly("size", "path", "features", "error");
    assertThat(made.filter("path = 'none'").collectAsList().get(0).getString(3))
        .isEqualTo("none: there are no bytes (null). Replace the file or remove it.");
    check(made.filter("path <> 'none'").drop("size"), expected);
  }

  @Test
  void saysWhatIsWrongBeforeAnythingRuns() {
    Dataset<Row> images = Lab.images(spark, photos);
    SparkTransfer transfer = SparkTransfer.of(spark, features);
    assertThatThrownBy(() -> transfer.features(images, "bytes"))
        .isInstanceOf(SettingException.class)
        .hasMessage("column 'bytes' is not there. Columns: path, content");
    assertThatThrownBy(() -> transfer.features(images, "path"))
        .hasMessageContaining("expected bytes (binary) that are whole image files, it has string");
    assertThatThrownBy(() -> transfer.predictions(images, "content"))
        .hasMessageContaining("was made for the features of layer 'mean'");
    assertThatThrownBy(
            () -> transfer.features(images.withColumnRenamed("path", "error"), "content"))
        .hasMessage("column 'error' is there already. Rename or drop it.");
  }
}
