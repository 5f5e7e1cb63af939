package dev.graft.cli;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code tools/spark/build} made: the job's jar, TensorFlow's natives, and a list of Spark's
 * own jars for runs on this machine.
 *
 * @param job the job's jar; its bare name when it is not there
 * @param natives the jar with TensorFlow's natives
 * @param jars a file with Spark's class path; null when it is not there
 * @param home the Spark the user has installed, or null
 */
record SparkTools(Path job, Path natives, Path jars, Path home) {
  private static final String JOB = "graft-spark_2.13-0.1.0.jar";
  private static final String NATIVES = "tensorflow-core-native-1.1.0-linux-x86_64.jar";
  private static final String JARS = "spark.txt";

  /** What Spark's own scripts open of Java 17 for it. */
  private static final List<String> OPENED =
      List.of(
          "java.base/java.lang",
          "java.base/java.lang.invoke",
          "java.base/java.lang.reflect",
          "java.base/java.io",
          "java.base/java.net",
          "java.base/java.nio",
          "java.base/java.util",
          "java.base/java.util.concurrent",
          "java.base/java.util.concurrent.atomic",
          "java.base/sun.nio.ch",
          "java.base/sun.nio.cs",
          "java.base/sun.security.action",
          "java.base/sun.util.calendar");

  private static final String QUIET =
      """
      rootLogger.level = warn
      rootLogger.appenderRef.stderr.ref = console
      appender.console.type = Console
      appender.console.name = console
      appender.console.target = SYSTEM_ERR
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
      logger.native.name = org.apache.hadoop.util.NativeCodeLoader
      logger.native.level = error
      """;

  /**
   * Memory of an executor.
   *
   * @param heap Java's, as Spark writes it
   * @param beside MiB of native memory
   */
  record Memory(String heap, long beside) {}

  /**
   * What a job is to do and with what.
   *
   * @param executors how many; 0 leaves it to the cluster
   * @param arguments of the job itself
   */
  record Words(String master, int executors, int cores, Memory memory, List<String> arguments) {}

  /** Looks in {@code GRAFT_SPARK}, then in the checkout. */
  static SparkTools find(Map<String, String> environment) {
    String checkout = System.getProperty("graft.home");
    String named = environment.get("GRAFT_SPARK");
    Path folder =
        named != null
            ? Path.of(named)
            : checkout == null ? null : Path.of(checkout, "tools", "spark", "target");
    String home = environment.get("SPARK_HOME");
    Path spark = home == null || home.isEmpty() ? null : Path.of(home);
    if (folder == null || !Files.exists(folder.resolve(JOB))) {
      return new SparkTools(Path.of(JOB), Path.of(NATIVES), null, spark);
    }
    return new SparkTools(
        folder.resolve(JOB), folder.resolve(NATIVES), folder.resolve(JARS), spark);
  }

  boolean built() {
    return jars != null;
  }

  /** Fails unless a job can be run on this machine. */
  void required() {
    if (!built()) {
      throw new SettingException(
          "--run: the job's jar is not there. Build it in a checkout with tools/spark/build (or set"
              + " GRAFT_SPARK to the folder that this made).");
    }
  }

  /** The {@code spark-submit} line, one element a line of text. */
  List<String> line(Words words) {
    List<String> all = new ArrayList<>();
    all.add("spark-submit --master " + quoted(words.master()));
    if (words.executors() > 0) {
      // Standalone clusters know no number of executors, only cores in all.
      all.add(
          words.master().startsWith("spark:")
              ? "--total-executor-cores " + words.executors() * words.cores()
              : "--num-executors " + words.executors());
    }
    all.add("--executor-cores " + words.cores() + " --executor-memory " + words.memory().heap());
    all.add("--conf spark.executor.memoryOverhead=" + words.memory().beside() + "m");
    all.add("--conf spark.executorEnv.TF_CPP_MIN_LOG_LEVEL=2");
    all.add("--jars " + quoted(natives.toString()));
    all.add("--class dev.graft.spark.Main " + quoted(job.toString()));
    List<String> own = words.arguments();
    for (int i = 0; i < own.size(); i++) {
      boolean value = i + 1 < own.size() && !own.get(i + 1).startsWith("--");
      all.add(value ? own.get(i) + " " + quoted(own.get(++i)) : own.get(i));
    }
    return all;
  }

  private static String quoted(String word) {
    return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * Runs the job in Spark's local-cluster: a master, a worker and executors, each a JVM.
   *
   * @param scratch for what Spark leaves behind
   * @return the exit code
   */
  int run(Words words, Path scratch, Console console) {
    List<String> submit = new ArrayList<>();
    ProcessBuilder process = new ProcessBuilder();
    Map<String, String> environment = process.environment();
    if (home != null) {
      submit.add(home.resolve("bin").resolve("spark-submit").toString());
    } else {
      submit.addAll(java(scratch));
      environment.put("SPARK_HOME", scratch.resolve("spark").toString());
      environment.put("SPARK_SCALA_VERSION", "2.13");
    }
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    environment.putIfAbsent("TF_CPP_MIN_LOG_LEVEL", "2");
    int heap = mebibytes(words.memory().heap());
    submit.addAll(
        List.of(
            "--master",
            "local-cluster[" + words.executors() + "," + words.cores() + "," + heap + "]",
            "--executor-memory",
            words.memory().heap(),
            "--conf",
            "spark.ui.enabled=false",
            "--conf",
            "spark.driver.host=127.0.0.1",
            "--jars",
            natives.toString(),
            "--class",
            "dev.graft.spark.Main",
            job.toString()));
    submit.addAll(words.arguments());
    return ended(process.command(submit).inheritIO(), console);
  }

  private static int mebibytes(String heap) {
    int number = Integer.parseInt(heap.substring(0, heap.length() - 1));
    return heap.endsWith("g") ? Math.multiplyExact(number, 1024) : number;
  }

  /** Java with Spark's jars, where no Spark is installed: local-cluster wants them in a folder. */
  private List<String> java(Path scratch) {
    try {
      Path folder = Files.createDirectories(scratch.resolve("spark").resolve("jars"));
      for (String jar : Files.readString(jars).strip().split(File.pathSeparator, -1)) {
        Path path = Path.of(jar);
        if (!Files.exists(path)) {
          throw new DataException(jar + ": is gone. Make it again with tools/spark/build.");
        }
        Files.createSymbolicLink(folder.resolve(path.getFileName()), path);
      }
      Path quiet = Files.writeString(scratch.resolve("log4j2.properties"), QUIET);
      List<String> all = new ArrayList<>();
      all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      OPENED.forEach(name -> all.add("--add-opens=" + name + "=ALL-UNNAMED"));
      all.addAll(
          List.of(
              "-XX:+IgnoreUnrecognizedVMOptions",
              "-Xmx1g",
              "-Djava.awt.headless=true",
              "-Dlog4j2.configurationFile=" + quiet.toUri(),
              "-cp",
              folder + File.separator + "*",
              "org.apache.spark.deploy.SparkSubmit"));
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int ended(ProcessBuilder process, Console console) {
    try {
      int code = process.start().waitFor();
      if (code != 0 && code != 2) {
        console.err().println("graft: Spark ended with code " + code + ", see above.");
      }
      return code;
    } catch (IOException e) {
      throw new DataException(
          process.command().get(0) + ": cannot be started: " + e.getMessage() + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SettingException("interrupted while Spark ran.", e);
    }
  }
}
