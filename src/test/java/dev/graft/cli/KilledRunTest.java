package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training process that is killed again and again, and one that watches its checkpoints. */
class KilledRunTest {
  private static final int STEPS_AN_EPOCH = 16;
  private static final int EPOCHS = 2;

  @TempDir Path folder;

  /**
   * Killed while a checkpoint is being written, between two stages, and at moments drawn at random,
   * the run ends with the bits of one that nobody disturbed: weights, optimizer slots, averages.
   */
  @Test
  void endsAsIfItHadNeverBeenKilled() throws Exception {
    Path recipe = recipe();
    Path whole = folder.resolve("whole");
    assertThat(Cli.graft(train(recipe, whole)).code()).isZero();

    Path run = folder.resolve("run");
    Random random = new Random();
    long seed = random.nextLong();
    random.setSeed(seed);
    kill(train(recipe, run), () -> halfWritten(run));
    kill(train(recipe, run), () -> betweenStages(run));
    // A step, and somewhere within it: steps are not as long on one machine as on another.
    int step = EPOCHS * STEPS_AN_EPOCH + 2 + random.nextInt(STEPS_AN_EPOCH);
    long wait = random.nextInt(8) * 1_000_000L;
    long[] began = {0};
    kill(
        train(recipe, run),
        () -> {
          if (began[0] == 0 && newestStep(run) >= step) {
            began[0] = System.nanoTime();
          }
          return began[0] != 0 && System.nanoTime() - began[0] > wait;
        });
    assertThat(Cli.graft(train(recipe, run)).code()).as("seed %d", seed).isZero();

    String last = "graft-" + 2 * EPOCHS * STEPS_AN_EPOCH;
    for (Path file : List.of(newest(whole, last), newest(run, last))) {
      assertThat(file).isNotEmptyFile();
    }
    assertThat(newest(run, last)).as("seed %d", seed).hasSameBinaryContentAs(newest(whole, last));
    assertThat(history(run)).isEqualTo(history(whole));
    assertThat(leftovers(run)).isEmpty();
  }

  @Test
  void isWatchedFromAnotherProcess() throws Exception {
    Path recipe = recipe();
    Path run = folder.resolve("run");
    Cli.Outcome none = Cli.graft("evaluate", run.toString(), "--ema");
    assertThat(none.out()).isEqualTo("No checkpoint file found in " + run + "\n");
    List<String> command = new ArrayList<>(child());
    command.addAll(List.of("evaluate", run.toString(), "--watch", "--interval", "50ms"));
    Path said = folder.resolve("said.txt");
    Process watcher =
        new ProcessBuilder(command)
            .redirectOutput(said.toFile())
            .redirectError(folder.resolve("watch-errors.txt").toFile())
            .start();
    try {
      until(watcher, () -> lines(said).contains("No checkpoint file found in " + run));
      assertThat(Cli.graft(train(recipe, run)).code()).isZero();
      assertThat(watcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      watcher.destroyForcibly();
    }
    assertThat(watcher.exitValue()).isZero();
    List<String> lines = lines(said).stream().filter(line -> line.startsWith("After ")).toList();
    Config end = epochs(run).get(epochs(run).size() - 1);
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo(
            String.format(
                java.util.Locale.ROOT,
                "After %d training steps, validation accuracy = %.4f, validation loss = %.4f",
                2 * EPOCHS * STEPS_AN_EPOCH,
                end.number("val_accuracy"),
                end.number("val_loss")));
    Cli.Outcome averaged = Cli.graft("evaluate", run.toString(), "--ema");
    assertThat(averaged.out()).startsWith("After 64 training steps, validation accuracy = ");
    assertThat(averaged.out().strip()).isNotEqualTo(lines.get(lines.size() - 1));
  }

  private static String[] train(Path recipe, Path out) {
    boolean there = Files.exists(out);
    return Stream.of(
            "train",
            recipe.toString(),
            "--threads",
            "1",
            "--checkpoint-every",
            "0s",
            "--out",
            out.toString(),
            there ? "--resume" : "--quiet")
        .toArray(String[]::new);
  }

  /** Two stages of two epochs; large enough that writing a checkpoint takes a while. */
  private Path recipe() throws IOException {
    int rows = 32;
    float[] x = new float[rows * 64];
    int[] y = new int[rows];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i * 0.37) + i / 64 % 4 * 0.1f;
    }
    for (int i = 0; i < rows; i++) {
      y[i] = i % 4;
    }
    NpyWriter.save(folder.resolve("x.npy"), NpyArray.of(new long[] {rows, 64}, x));
    NpyWriter.save(folder.resolve("y.npy"), NpyArray.of(new long[] {rows}, y));
    return Files.writeString(
        folder.resolve("recipe.json"),
        """
        {"graft": 1, "name": "killed", "seed": 9,
         "model": {"layers": [
           {"Dense": {"name": "low", "units": 600, "activation": "relu"}},
           "BatchNormalization", {"Dropout": {"rate": 0.4}},
           {"Dense": {"units": 600, "activation": "relu"}},
           {"Dense": {"units": "classes", "activation": "softmax"}}]},
         "data": {"train": {"npy": ["x.npy", "y.npy"]},
                  "validation": {"npy": ["x.npy", "y.npy"], "take": 8}},
         "stages": [
           {"name": "first", "optimizer": {"Adam": {"learning_rate": {"ExponentialDecay":
              {"initial_learning_rate": 0.001, "decay_steps": 3, "decay_rate": 0.9}}}},
            "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "epochs": 2,
            "batch_size": 2, "ema": {"decay": 0.99, "num_updates": true}},
           {"name": "second", "freeze": "low", "optimizer": {"SGD": {"momentum": 0.9}}, "epochs": 2,
            "callbacks": [{"ReduceLROnPlateau": {"monitor": "loss", "patience": 0, "min_delta": 1}}]}],
         "export": []}
        """);
  }

  private static List<String> child() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.graft.cli.Main");
  }

  private void kill(String[] arguments, BooleanSupplier when) throws Exception {
    List<String> command = new ArrayList<>(child());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("child.txt").toFile())
            .start();
    try {
      until(process, when);
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(process.exitValue())
        .as(Files.readString(folder.resolve("child.txt")))
        .isEqualTo(128 + 9);
  }

  private static void until(Process process, BooleanSupplier when) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!when.getAsBoolean() && process.isAlive() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** True while TensorFlow's files of a checkpoint are there that nothing names yet. */
  private static boolean halfWritten(Path run) {
    List<String> names = names(run);
    return names.stream().anyMatch(name -> name.contains("tempstate"))
        && names.contains("checkpoint");
  }

  /** True when the newest checkpoint is the end of the first stage's last epoch. */
  private static boolean betweenStages(Path run) {
    return names(run).contains("graft-2-" + EPOCHS * STEPS_AN_EPOCH + ".json");
  }

  /** The number of the newest step with a checkpoint. */
  private static int newestStep(Path run) {
    return names(run).stream()
        .filter(name -> name.matches("graft-\\d+\\.json"))
        .mapToInt(name -> Integer.parseInt(name.replaceAll("\\D", "")))
        .max()
        .orElse(0);
  }

  private static List<String> names(Path run) {
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      return List.of();
    }
  }

  private static List<String> leftovers(Path run) {
    return names(run).stream()
        .filter(name -> !name.matches("checkpoint|stages\\.json"))
        .filter(name -> !name.matches("graft-(2-)?\\d+\\.(json|index|data-.*)"))
        .toList();
  }

  private static Path newest(Path run, String name) {
    return run.resolve(
        "checkpoints/" + name.replace("graft-", "graft-2-") + ".data-00000-of-00001");
  }

  private static List<Config> epochs(Path run) {
    return Config.read(run.resolve("history.json")).items();
  }

  private static List<Map<String, Object>> history(Path run) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Config epoch : epochs(run)) {
      @SuppressWarnings("unchecked")
      Map<String, Object> logs = new LinkedHashMap<>((Map<String, Object>) epoch.plain());
      logs.remove("seconds");
      all.add(logs);
    }
    return all;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
