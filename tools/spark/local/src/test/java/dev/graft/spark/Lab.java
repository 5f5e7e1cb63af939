package dev.graft.spark;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Photos, parcels and a Spark of several JVMs for the proofs. */
final class Lab {
  static final Path ROOT = Path.of(System.getProperty("graft.root"));
  static final Path TARGET = Path.of(System.getProperty("graft.spark.target"));
  static final Path JOB = Path.of(System.getProperty("graft.spark.job")).normalize();
  static final Path GOLDENS = ROOT.resolve("src/test/resources/goldens");
  static final Path MODEL = GOLDENS.resolve("explain/softmax.keras");

  private Lab() {}

  /** What a program said and how it ended. */
  record Outcome(int code, String out, String err) {}

  /** The command line as it was installed, in a JVM of its own. */
  static Outcome graft(String... words) throws IOException, InterruptedException {
    Path built = ROOT.resolve("target");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dgraft.home=" + ROOT);
    command.add("-Djava.library.path=" + built.resolve("natives"));
    command.add("-Djava.awt.headless=true");
    command.add("-cp");
    command.add(
        built.resolve("graft-0.1.0.jar") + File.pathSeparator + built.resolve("lib") + "/*");
    command.add("dev.graft.cli.Main");
    command.addAll(Arrays.asList(words));
    return run(Map.of("GRAFT_SPARK", ROOT.resolve("tools/spark/target").toString()), command);
  }

  static Outcome run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path err = Files.createTempFile(TARGET, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out;
    try (InputStream stream = process.getInputStream()) {
      out = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    Outcome outcome = new Outcome(process.waitFor(), out, Files.readString(err));
    Files.delete(err);
    return outcome;
  }

  /** Spark's jars in the folder where local-cluster looks for them. */
  static List<Path> home() throws IOException {
    Path jars = Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    List<Path> links = new ArrayList<>();
    String list = Files.readString(TARGET.resolve("spark.txt")).strip();
    try (Stream<Path> old = Files.list(jars)) {
      for (Path link : old.toList()) {
        Files.delete(link);
      }
    }
    for (String jar : list.split(File.pathSeparator, -1)) {
      Path link = jars.resolve(Path.of(jar).getFileName());
      try {
        Files.createSymbolicLink(link, Path.of(jar));
      } catch (FileAlreadyExistsException e) {
        throw new IllegalStateException("two jars of one name: " + jar, e);
      }
      links.add(link);
    }
    return links;
  }

  /** What stands in front of Spark's jars in every JVM: the job, the natives and these tests. */
  static String classPath() {
    return String.join(
        File.pathSeparator, JOB.toString(), natives(), TARGET.resolve("test-classes").toString());
  }

  static String natives() {
    return TARGET.resolve("jars/tensorflow-core-native-1.1.0-linux-x86_64.jar").toString();
  }

  /** Two executors of one core, each a JVM. */
  static SparkSession cluster() throws IOException {
    home();
    SparkSession spark =
        SparkSession.builder()
            .master("local-cluster[2,1,1024]")
            .appName("proof")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.artifact.isolation.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.executor.memory", "1g")
            .config("spark.executor.extraClassPath", classPath())
            .config("spark.sql.files.openCostInBytes", "8k")
            .config("spark.sql.files.minPartitionNum", "5")
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    return spark;
  }

  /** 41 pictures in two class folders and one file that is none. */
  static Path photos(Path folder) throws IOException {
    String[] kinds = {"photo.jpg", "tiny.png", "gray.png", "palette.png", "rgb.bmp", "rgb.tif"};
    for (int i = 0; i < 41; i++) {
      String kind = kinds[i % kinds.length];
      Path target = folder.resolve(i < 20 ? "a" : "b").resolve(String.format("%02d-%s", i, kind));
      Files.createDirectories(target.getParent());
      Files.copy(GOLDENS.resolve("images/files").resolve(kind), target);
    }
    Files.writeString(folder.resolve("b/broken.jpg"), "no photo");
    return folder;
  }

  static Dataset<Row> images(SparkSession spark, Path photos) {
    return spark
        .read()
        .format("binaryFile")
        .option("recursiveFileLookup", "true")
        .load(photos.toString())
        .select("path", "content");
  }

  /** A parcel of {@code model}, made by the command line. */
  static String parcel(Path file, Path model, String... words)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("spark-features", model.toString()));
    all.addAll(List.of("--data", "x", "--out", "y", "--parcel", file.toString()));
    all.addAll(Arrays.asList(words));
    Outcome outcome = graft(all.toArray(String[]::new));
    if (outcome.code() != 0) {
      throw new AssertionError(outcome.err());
    }
    return file.toString();
  }

  /** Rows by the end of their paths, {@code a/00-photo.jpg}. */
  static Map<String, Row> byName(List<Row> rows) {
    Map<String, Row> all = new TreeMap<>();
    for (Row row : rows) {
      String path = row.getString(row.fieldIndex("path"));
      Row old = all.put(path.substring(path.lastIndexOf('/', path.lastIndexOf('/') - 1) + 1), row);
      if (old != null) {
        throw new AssertionError("twice: " + path);
      }
    }
    return all;
  }
}
