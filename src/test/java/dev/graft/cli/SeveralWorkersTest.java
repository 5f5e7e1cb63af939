package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two processes on this machine that train one network. TensorFlow's servers listen on all
 * interfaces while this runs.
 */
@Tag("scale")
class SeveralWorkersTest {
  /** Four batches of seven rows, which cannot be halved, and one of a single row. */
  private static final int ROWS = 29;

  private static final int STEPS_AN_EPOCH = 5;
  private static final int SIZE = 8;
  private static final int PATIENCE_SECONDS = 90;

  /** A net whose steps are the same on shares of a batch, but for the order of sums. */
  private static final String EXACT =
      """
      [{"Conv2D": {"filters": 4, "kernel_size": 3, "activation": "relu",
                   "activity_regularizer": {"L2": {"l2": 0.001}}}}, "MaxPooling2D", "Flatten",
       {"Dense": {"units": 16, "activation": "relu", "kernel_regularizer": {"L2": {"l2": 0.01}}}},
       {"Dense": {"units": "classes", "activation": "softmax"}}]
      """;

  /** Each worker draws its own dropout, and has statistics of its own examples. */
  private static final String USUAL =
      """
      [{"Conv2D": {"filters": 4, "kernel_size": 3}}, "BatchNormalization", "ReLU", "Flatten",
       {"Dropout": {"rate": 0.3}}, {"Dense": {"units": "classes", "activation": "softmax"}}]
      """;

  @TempDir Path folder;

  private final List<Process> started = new ArrayList<>();
  private String addresses;

  /** One worker's process, and where it speaks to. */
  private record Worker(Process process, Path said) {
    String text() throws IOException {
      return Files.readString(said);
    }

    /** What it ended with, and the line that says so. */
    int code() throws Exception {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(text()).isTrue();
      return process.exitValue();
    }

    String error() throws IOException {
      List<String> lines = text().lines().filter(line -> line.startsWith("graft: ")).toList();
      assertThat(lines).as(text()).hasSize(1);
      assertThat(text()).doesNotContain("\tat ");
      return lines.get(0);
    }
  }

  @BeforeEach
  void data() throws IOException {
    Random random = new Random(7);
    float[] x = new float[ROWS * SIZE * SIZE];
    int[] y = new int[ROWS];
    for (int row = 0; row < ROWS; row++) {
      y[row] = row % 3;
      for (int i = 0; i < SIZE * SIZE; i++) {
        x[row * SIZE * SIZE + i] = (float) random.nextGaussian() * 0.5f + (i % 3 == y[row] ? 1 : 0);
      }
    }
    NpyWriter.save(folder.resolve("x.npy"), NpyArray.of(new long[] {ROWS, SIZE, SIZE, 1}, x));
    NpyWriter.save(folder.resolve("y.npy"), NpyArray.of(new long[] {ROWS}, y));
    try (ServerSocket first = new ServerSocket(0);
        ServerSocket second = new ServerSocket(0)) {
      addresses = "127.0.0.1:" + first.getLocalPort() + ",127.0.0.1:" + second.getLocalPort();
    }
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private Path recipe(String layers, int epochs) throws IOException {
    return Files.writeString(
        folder.resolve("recipe.json"),
        """
        {"graft": 1, "name": "several", "seed": 9, "model": {"layers": LAYERS},
         "data": {"train": {"npy": ["x.npy", "y.npy"]},
                  "validation": {"npy": ["x.npy", "y.npy"], "take": 10}},
         "stages": [
           {"name": "only", "optimizer": {"SGD": {"learning_rate": 0.05, "momentum": 0.9,
              "global_clipnorm": 1.5}},
            "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
            "class_weight": {"0": 2.0, "1": 1.0, "2": 0.5},
            "epochs": EPOCHS, "batch_size": 7, "validation_batch_size": 3,
            "callbacks": [{"ReduceLROnPlateau": {"monitor": "val_loss", "patience": 1,
              "min_delta": 0.5, "factor": 0.5}}, {"CSVLogger": {"filename": "log.csv"}}]}],
         "export": ["keras"]}
        """
            .replace("LAYERS", layers)
            .replace("EPOCHS", Integer.toString(epochs)));
  }

  private Worker start(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("train", "--threads", "1"));
    command.addAll(List.of(arguments));
    Path said = folder.resolve(name + ".txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    started.add(process);
    return new Worker(process, said);
  }

  private Worker worker(int rank, Path recipe, Path out, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of(recipe.toString(), "--out", out.toString()));
    all.addAll(List.of("--workers", addresses, "--rank", Integer.toString(rank)));
    all.addAll(List.of(more));
    return start(out.getFileName() + "-" + rank, all.toArray(String[]::new));
  }

  private void together(Path recipe, Path out, String... more) throws Exception {
    Worker second = worker(1, recipe, out, more);
    Worker first = worker(0, recipe, out, more);
    assertThat(first.code()).as(first.text()).isZero();
    assertThat(second.code()).as(second.text()).isZero();
    assertThat(second.text()).contains("Results: with worker 0; this was worker 1");
  }

  /** All variables, the optimizer's among them, at the end of the run's last epoch. */
  private static float[] variables(Path run, int epochs) throws IOException {
    String name = "graft-" + epochs * STEPS_AN_EPOCH + ".data-00000-of-00001";
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(run.resolve("checkpoints").resolve(name)))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static List<Config> history(Path run) {
    return Config.read(run.resolve("history.json")).items();
  }

  @Test
  void twentyStepsOfTwoEqualThoseOfOne() throws Exception {
    int epochs = 20 / STEPS_AN_EPOCH;
    Path recipe = recipe(EXACT, epochs);
    Path alone = folder.resolve("alone");
    assertThat(start("alone", recipe.toString(), "--out", alone.toString()).code()).isZero();
    Path two = folder.resolve("two");
    together(recipe, two);

    float[] expected = variables(alone, epochs);
    float[] came = variables(two, epochs);
    assertThat(came).hasSameSizeAs(expected);
    double most = 0;
    for (int i = 0; i < came.length; i++) {
      most = Math.max(most, Math.abs(came[i] - expected[i]));
    }
    assertThat(most).isLessThan(1e-6);
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (String name : List.of("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")) {
        assertThat(history(two).get(epoch).number(name))
            .as(name + " of epoch " + epoch)
            .isCloseTo(
                history(alone).get(epoch).number(name), org.assertj.core.data.Offset.offset(1e-6));
      }
    }
    assertThat(history(two).get(epochs - 1).number("learning_rate")).isLessThan(0.05);
    assertThat(Files.readAllLines(two.resolve("log.csv"))).hasSize(epochs + 1);
    Config stage = Config.read(two.resolve("card.json")).get("stages").items().get(0);
    assertThat(stage.integer("workers")).isEqualTo(2);
    assertThat(stage.string("batch_normalization_statistics")).isEqualTo("none");
  }

  @Test
  void afterOneIsKilledBothEndAndARestartEqualsTheUnbrokenRun() throws Exception {
    int epochs = 12;
    Path recipe = recipe(USUAL, epochs);
    Path whole = folder.resolve("whole");
    together(recipe, whole);

    Path run = folder.resolve("run");
    String[] often = {"--checkpoint-every", "0s", "--resume"};
    Worker first = worker(0, recipe, run, often);
    Worker second = worker(1, recipe, run, often);
    until(first, () -> Files.exists(run.resolve("checkpoints/graft-13.index")));
    second.process().destroyForcibly();
    assertThat(first.code()).as(first.text()).isEqualTo(75);
    assertThat(first.error()).contains("worker 1 (", "--resume");
    int done = history(run).size();
    assertThat(done).isBetween(2, epochs - 1);

    first = worker(0, recipe, run, often);
    second = worker(1, recipe, run, often);
    until(first, () -> history(run).size() > done + 2);
    first.process().destroyForcibly();
    assertThat(second.code()).as(second.text()).isEqualTo(75);
    assertThat(second.error()).contains("worker 0 (");

    together(recipe, run, "--resume");
    assertThat(variables(run, epochs)).isEqualTo(variables(whole, epochs));
    Config stage = Config.read(run.resolve("card.json")).get("stages").items().get(0);
    assertThat(stage.string("batch_normalization_statistics")).isEqualTo("averaged");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aWorkerThatFreezesEndsTheOtherWithinTheTimeOut(int frozen) throws Exception {
    Path recipe = recipe(USUAL, 100_000);
    Path run = folder.resolve("run");
    String[] short1 = {"--step-timeout", "3s"};
    Worker[] both = {worker(0, recipe, run, short1), worker(1, recipe, run, short1)};
    until(both[0], () -> Files.exists(run.resolve("checkpoints/checkpoint")));
    signal("STOP", both[frozen]);
    long began = System.nanoTime();
    Worker other = both[1 - frozen];
    assertThat(other.code()).as(other.text()).isEqualTo(75);
    // The time-out, and what a process that does not end by itself is given.
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)).isBetween(1L, 20L);
    assertThat(other.error()).contains("worker " + frozen + " (", "3s", "--resume");
    // Thawed, it finds itself alone and ends, too.
    signal("CONT", both[frozen]);
    assertThat(both[frozen].code()).as(both[frozen].text()).isEqualTo(75);
  }

  @Test
  void whoComesWithSomethingElseIsRefusedAndWhoDoesNotComeIsNamed() throws Exception {
    Path recipe = recipe(EXACT, 1);
    Path run = folder.resolve("run");
    Worker first = worker(0, recipe, run, "--join-timeout", "20s");
    Worker other = worker(1, recipe, folder.resolve("a"), "--set", "seed=10");
    assertThat(other.code()).as(other.text()).isEqualTo(2);
    assertThat(other.error())
        .contains("worker 1 (", "is refused by worker 0: its recipe differs (worker 0 has ");
    other =
        worker(1, recipe, folder.resolve("b"), "--set", "data.train.npy=[\"y.npy\", \"x.npy\"]");
    assertThat(other.code()).as(other.text()).isEqualTo(2);
    assertThat(first.process().isAlive()).isTrue();
    assertThat(first.code()).as(first.text()).isEqualTo(75);
    assertThat(first.text()).contains("worker 1 was refused: its recipe differs");
    assertThat(first.error()).contains("worker 1 (", "did not come within 20s");
  }

  @Test
  void otherWeightsOfTheSameNameAreRefused() throws Exception {
    Path recipe = recipe(EXACT, 1);
    for (String name : List.of("a", "b")) {
      Path made = folder.resolve("net-" + name);
      String[] one = {
        recipe.toString(), "--out", made.toString(), "--set", "seed=" + name.length()
      };
      if (name.equals("b")) {
        one[4] = "seed=5";
      }
      assertThat(start(name, one).code()).isZero();
    }
    Path loads = folder.resolve("loads.json");
    String text = Files.readString(recipe);
    Files.writeString(
        loads,
        text.replaceFirst(
            "(?s)\"layers\": \\[.*?\\]\\s*\\}, *\\s*\"data\"",
            "\"load\": \"net-a/model.keras\"}, \"data\""));
    Worker first = worker(0, loads, folder.resolve("run"), "--join-timeout", "15s");
    Worker other =
        worker(
            1,
            loads,
            folder.resolve("c"),
            "--set",
            "model.load=" + folder.resolve("net-b/model.keras"));
    assertThat(other.code()).as(other.text()).isEqualTo(2);
    assertThat(other.error()).contains("its weights differs (worker 0 has ");
    assertThat(first.code()).as(first.text()).isEqualTo(75);
  }

  private static void until(Worker worker, BooleanSupplier when) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!when.getAsBoolean()) {
      assertThat(worker.process().isAlive() && System.nanoTime() < end).as(worker.text()).isTrue();
      Thread.sleep(2);
    }
  }

  private static void signal(String name, Worker worker) throws Exception {
    new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + worker.process().pid())
        .start()
        .waitFor();
  }
}
