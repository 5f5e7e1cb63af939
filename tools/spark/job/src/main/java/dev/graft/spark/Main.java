package dev.graft.spark;

import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import dev.graft.error.SettingException;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** The job that {@code graft spark-features} writes the {@code spark-submit} line of. */
public final class Main {
  private static final String IMAGES =
      "*.{[jJ][pP][gG],[jJ][pP][eE][gG],[pP][nN][gG],[gG][iI][fF],[bB][mM][pP],[tT][iI][fF],"
          + "[tT][iI][fF][fF]}";
  private static final int NAMED = 5;

  private Main() {}

  /** Reads, transfers, writes Parquet, and ends with 2 when the mistake is the caller's. */
  public static void main(String[] arguments) {
    int code = 0;
    SparkSession spark =
        SparkSession.builder()
            .appName("graft")
            .config(SparkTransfer.ISOLATION, "false")
            .getOrCreate();
    try {
      run(spark, Arguments.of(arguments));
    } catch (GraftException e) {
      System.err.println("graft: " + e.getMessage());
      code = 2;
    } finally {
      spark.stop();
    }
    if (code != 0) {
      System.exit(code);
    }
  }

  private static void run(SparkSession spark, Arguments arguments) {
    spark.sparkContext().setLogLevel(arguments.get("log", "WARN"));
    long began = System.nanoTime();
    sized(spark);
    String out = arguments.get("out");
    boolean overwrite = arguments.has("overwrite");
    if (!overwrite && exists(spark, out)) {
      throw new SettingException("--out " + out + ": is there. Choose another, or --overwrite.");
    }
    String threads = arguments.get("threads", "");
    SparkTransfer transfer =
        SparkTransfer.of(
            spark,
            arguments.get("parcel"),
            threads.isEmpty() ? Cores.of(spark) : arguments.number("threads"),
            Settings.Precision.valueOf(
                arguments.get("precision", "float32").toUpperCase(Locale.ROOT)));
    Dataset<Row> images = images(spark, arguments);
    String bytes = arguments.get("column", "content");
    boolean predicts = transfer.parcel().at() == null;
    Dataset<Row> rows =
        predicts ? transfer.predictions(images, bytes) : transfer.features(images, bytes);
    rows.write().mode(overwrite ? SaveMode.Overwrite : SaveMode.ErrorIfExists).parquet(out);
    tell(spark.read().parquet(out), out, (System.nanoTime() - began) / 1e9);
  }

  /** Spark counts 4 MB for opening a file, which would make every photo a task of its own. */
  private static void sized(SparkSession spark) {
    Map<String, String> sizes =
        Map.of(
            "spark.sql.files.openCostInBytes", "65536",
            "spark.sql.files.maxPartitionBytes", "33554432",
            "spark.sql.files.minPartitionNum",
                Integer.toString(4 * spark.sparkContext().defaultParallelism()));
    sizes.forEach(
        (key, value) -> {
          if (!spark.sparkContext().getConf().contains(key)) {
            spark.conf().set(key, value);
          }
        });
  }

  private static boolean exists(SparkSession spark, String out) {
    Path path = new Path(out);
    try {
      return path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path);
    } catch (IOException e) {
      throw new DataException("--out " + out + ": cannot be looked at: " + e.getMessage() + ".", e);
    }
  }

  private static Dataset<Row> images(SparkSession spark, Arguments arguments) {
    String data = arguments.get("data");
    try {
      if (arguments.has("column")) {
        return spark.read().format(arguments.get("format", "parquet")).load(data);
      }
      return spark
          .read()
          .format("binaryFile")
          .option("pathGlobFilter", IMAGES)
          .option("recursiveFileLookup", "true")
          .load(data)
          .select("path", "content");
    } catch (Exception e) {
      // Scala throws it without saying so, which Java cannot catch by name.
      if (e instanceof AnalysisException) {
        throw new DataException("--data " + data + ": " + first(e) + ". Check the path.", e);
      }
      throw e;
    }
  }

  private static String first(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static void tell(Dataset<Row> written, String out, double seconds) {
    long rows = written.count();
    Dataset<Row> bad = written.filter(written.col(SparkTransfer.ERROR).isNotNull());
    List<Row> first = bad.select(SparkTransfer.ERROR).limit(NAMED).collectAsList();
    long errors = first.size() < NAMED ? first.size() : bad.count();
    System.out.printf(
        Locale.ROOT,
        "Rows: %s - %,d, %,d of them with an error, %.1f s%n",
        out,
        rows,
        errors,
        seconds);
    first.forEach(row -> System.out.println("  " + row.getString(0)));
    if (rows == 0) {
      throw new DataException(
          "no images were found. Check --data; files are known by their names.");
    }
  }
}
