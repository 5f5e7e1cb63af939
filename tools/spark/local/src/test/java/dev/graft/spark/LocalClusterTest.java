package dev.graft.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  private static String predictions;
  private static Map<String, float[]> expected;

  @BeforeAll
  static void begin() throws IOException, InterruptedException {
    photos = Lab.photos(folder.resolve("photos"));
    features =
        Lab.parcel(
            folder.resolve("features.zip"), Lab.MODEL, "--at", "mean", "--preprocess", "none");
    predictions =
        Lab.parcel(
            folder.resolve("predictions.zip"), Lab.MODEL, "--predict", "--preprocess", "none");
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
    Path out = folder.resolve("cli.csv");
    Files.delete(photos.resolve("b/broken.jpg"));
    Lab.Outcome outcome =
        Lab.graft(
            "predict",
            Lab.MODEL.toString(),
            photos.toString(),
            "--preprocess",
            "none",
            "--top",
            "1",
            "--out",
            out.toString());
    Files.writeString(photos.resolve("b/broken.jpg"), "no photo");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Map<String, String> wanted = new TreeMap<>();
    for (String line : Files.readAllLines(out).subList(1, PHOTOS)) {
      String[] fields = line.split(",", -1);
      wanted.put(fields[0].substring(fields[0].length() - 12), fields[1] + " " + fields[2]);
    }
    Dataset<Row> made =
        SparkTransfer.of(spark, predictions).predictions(Lab.images(spark, photos), "content");
    Map<String, String> came = new TreeMap<>();
    for (Row row : made.collectAsList()) {
      if (row.isNullAt(3)) {
        String path = row.getString(0);
        came.put(path.substring(path.length() - 12), row.getString(1) + " " + row.getFloat(2));
      } else {
        assertThat(row.getString(0)).endsWith("broken.jpg");
        assertThat(row.isNullAt(1) && row.isNullAt(2)).isTrue();
      }
    }
    assertThat(came).isEqualTo(wanted);
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
        .isEqualTo("7: there are no bytes (null). Replace the file or remove it.");
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
