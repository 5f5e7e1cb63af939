package dev.graft.spark;

import dev.graft.error.SettingException;
import dev.graft.files.Sha256;
import dev.graft.recipe.Parcel;
import dev.graft.runtime.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkFiles;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A model that runs over images in a Spark job: features of a layer, or classes and scores.
 *
 * <p>The parcel, made by {@code graft spark-features}, travels to every executor, which opens one
 * session and shares it among its tasks. Every row that comes in goes out; an image that cannot be
 * read has a sentence in the column {@code error} and nulls beside it. The bits of a row depend on
 * its image alone, not on the partition, and equal those of {@code graft features}.
 *
 * <pre>{@code
 * SparkTransfer transfer = SparkTransfer.of(spark, "parcel.zip");
 * Dataset<Row> photos = spark.read().format("binaryFile").load("hdfs:///photos").select("path", "content");
 * transfer.features(photos, "content").write().parquet("hdfs:///features");
 * }</pre>
 *
 * @param spark where it runs
 * @param parcel what is asked of the model
 * @param job what travels to the executors
 */
public record SparkTransfer(SparkSession spark, Parcel parcel, ModelFile job) {
  static final String ERROR = "error";

  /** Of Spark 4: while it is on, executors do not see the files that a context was given. */
  static final String ISOLATION = "spark.sql.artifact.isolation.enabled";

  /**
   * A model for the executors of {@code spark}, in float32, with as many threads as an executor has
   * cores.
   *
   * @param parcel a path, or a URI that Spark reads (hdfs, s3a, …)
   */
  public static SparkTransfer of(SparkSession spark, String parcel) {
    return of(spark, parcel, Cores.of(spark), Settings.Precision.FLOAT32);
  }

  /**
   * As the other method.
   *
   * @param threads of the session in an executor; 0 for as many as the machine has processors
   * @param precision how convolutions and matrix products are computed
   */
  public static SparkTransfer of(
      SparkSession spark, String parcel, int threads, Settings.Precision precision) {
    boolean apart = !spark.version().startsWith("3.") && !spark.sparkContext().isLocal();
    if (apart && spark.conf().get(ISOLATION, "true").equals("true")) {
      throw new SettingException(
          "Spark "
              + spark.version()
              + " would not bring the parcel to executors. Start the session with "
              + ISOLATION
              + "=false.");
    }
    spark.sparkContext().addFile(parcel);
    String name = parcel.substring(parcel.lastIndexOf('/') + 1);
    Path here = Path.of(SparkFiles.get(name));
    Parcel asked = Parcel.read(here);
    return new SparkTransfer(
        spark, asked, new ModelFile(name, Sha256.of(here), threads, precision.name()));
  }

  /**
   * Adds the columns {@code features} (array of float, row-major) and {@code error} to {@code
   * images}, and takes {@code bytes} away.
   *
   * @param images whose column {@code bytes} has whole image files; all other columns stay
   */
  public Dataset<Row> features(Dataset<Row> images, String bytes) {
    return run(
        images,
        bytes,
        List.of(
            new StructField(
                "features",
                DataTypes.createArrayType(DataTypes.FloatType, false),
                true,
                Metadata.empty())),
        false);
  }

  /**
   * Adds the columns {@code label}, {@code score} (of the surest class) and {@code error} to {@code
   * images}, and takes {@code bytes} away.
   *
   * @param images whose column {@code bytes} has whole image files; all other columns stay
   * @throws SettingException when the parcel was made for a layer's features
   */
  public Dataset<Row> predictions(Dataset<Row> images, String bytes) {
    if (parcel.at() != null) {
      throw new SettingException(
          job.name()
              + ": was made for the features of layer '"
              + parcel.at()
              + "'. For predictions pack it with --predict.");
    }
    return run(
        images,
        bytes,
        List.of(
            DataTypes.createStructField("label", DataTypes.StringType, true),
            DataTypes.createStructField("score", DataTypes.FloatType, true)),
        true);
  }

  private Dataset<Row> run(
      Dataset<Row> images, String bytes, List<StructField> made, boolean predicts) {
    StructType came = images.schema();
    List<String> names = Arrays.asList(came.fieldNames());
    if (!names.contains(bytes)) {
      throw new SettingException(
          "column '" + bytes + "' is not there. Columns: " + String.join(", ", names));
    }
    DataType type = came.apply(bytes).dataType();
    if (!type.equals(DataTypes.BinaryType)) {
      throw new SettingException(
          "column '"
              + bytes
              + "': expected bytes (binary) that are whole image files, it has "
              + type.simpleString()
              + ".");
    }
    Dataset<Row> rest = images.drop(bytes);
    List<StructField> fields = new ArrayList<>(Arrays.asList(rest.schema().fields()));
    List<StructField> all = new ArrayList<>(made);
    all.add(DataTypes.createStructField(ERROR, DataTypes.StringType, true));
    for (StructField field : all) {
      if (names.contains(field.name())) {
        throw new SettingException(
            "column '" + field.name() + "' is there already. Rename or drop it.");
      }
    }
    fields.addAll(all);
    // The bytes last, where they are easy to take away.
    Dataset<Row> ordered =
        images.select(
            Stream.concat(Arrays.stream(rest.columns()), Stream.of(bytes))
                .map(name -> images.col("`" + name.replace("`", "``") + "`"))
                .toArray(Column[]::new));
    ModelFile file = job;
    int called = Math.max(0, Arrays.asList(rest.columns()).indexOf("path"));
    MapPartitionsFunction<Row, Row> each =
        rows -> new TransferredRows(file, rows, called, predicts);
    return ordered.mapPartitions(
        each, Encoders.row(new StructType(fields.toArray(StructField[]::new))));
  }
}
