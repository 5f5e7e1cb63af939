package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own shows: Ctrl-C, and a disk that fills up. */
class ProcessTest {
  private static final String[] SMALL = {
    "train",
    "graphs/quickstart.json",
    "--set",
    "data.train.take=64",
    "--set",
    "data.validation.take=32",
  };

  @TempDir Path folder;

  @BeforeEach
  void unix() {
    assumeTrue(Files.exists(Path.of("/bin/sh")), "no /bin/sh here");
  }

  /** Starts {@code graft} below a shell that first runs {@code before}. */
  private Process start(String before, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", before + "exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("stdout").toFile())
        .redirectError(folder.resolve("stderr").toFile())
        .start();
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("stderr"));
  }

  private static String[] with(String... more) {
    return Stream.concat(Stream.of(SMALL), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void aNameThatTheLocaleCannotWriteIsSaidToBe() throws IOException, InterruptedException {
    Process process = start("LC_ALL=C; export LC_ALL; ", "runs", folder + "/r\u00fcnd");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(errors()).isEqualTo(2);
    assertThat(errors()).contains("cannot be a path here", "LC_CTYPE=C.UTF-8");
  }

  @Test
  void ctrlCSavesAndSaysSoAndTheRunGoesOn() throws IOException, InterruptedException {
    Path out = folder.resolve("run");
    String[] epochs = {"--set", "stages.0.epochs=200", "--out", out.toString()};
    Process process = start("", with(epochs));
    while (process.isAlive() && !errors().contains("epoch 2/200")) {
      Thread.sleep(50);
    }
    assertThat(process.isAlive()).as(errors()).isTrue();
    new ProcessBuilder("/bin/sh", "-c", "kill -INT " + process.pid()).start().waitFor();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(errors()).isEqualTo(130);
    assertThat(errors()).contains("graft: interrupted; the state is saved.", out + " --resume");
    int done = Config.read(out.resolve("history.json")).items().size();
    assertThat(done).isBetween(2, 199);

    String[] fewer = {"--set", "stages.0.epochs=200", "--resume", "--out", out.toString()};
    Process second = start("", with(fewer));
    while (second.isAlive() && !errors().contains("epoch " + (done + 1) + "/200")) {
      Thread.sleep(50);
    }
    second.destroy();
    assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(errors()).contains("epoch " + (done + 1) + "/200").doesNotContain("epoch 1/200");
  }

  /** Layers that are frozen from the input on, and slow. */
  private Path frozen() throws IOException {
    return Files.writeString(
        folder.resolve("frozen.json"),
        """
        {"graft": 1, "name": "frozen", "seed": 3,
         "model": {"layers": [
           {"Conv2D": {"name": "low", "filters": 256, "kernel_size": 3, "activation": "relu"}},
           {"Conv2D": {"name": "high", "filters": 256, "kernel_size": 3, "activation": "relu"}},
           {"GlobalAveragePooling2D": {"name": "mean"}},
           {"Dense": {"units": "classes", "activation": "softmax"}}]},
         "data": {"train": {"dataset": "fashion-mnist-sample", "part": "train", "take": 600},
                  "image": {"color": "grayscale", "size": [28, 28], "rescale": "1/255"}},
         "stages": [
           {"freeze": ["low", "high"], "optimizer": "SGD", "cache": "disk",
            "loss": "sparse_categorical_crossentropy", "epochs": 2, "batch_size": 50}],
         "export": []}
        """);
  }

  /** The sizes of files below {@code place} that are not whole yet. */
  private static List<Long> parts(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return List.of();
    }
    List<Long> sizes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".part")).toList()) {
        sizes.add(Files.size(file));
      }
    } catch (java.io.UncheckedIOException e) {
      // One went while they were looked at.
      return List.of();
    }
    return sizes;
  }

  /** Waits until something is being written below {@code place}, then sends {@code signal}. */
  private void interrupt(Process process, String signal, Path place) throws Exception {
    while (process.isAlive() && parts(place).stream().noneMatch(size -> size > 0)) {
      Thread.sleep(5);
    }
    assertThat(process.isAlive()).as(errors()).isTrue();
    new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(errors()).isEqualTo(130);
    assertThat(parts(place)).isEmpty();
  }

  @Test
  void aSignalEndsThePassOverTheFrozenLayersAndKeepsItsRows() throws Exception {
    Path home = folder.resolve("home");
    String before = "GRAFT_HOME=" + home + "; export GRAFT_HOME; ";
    Path out = folder.resolve("run");
    String[] train = {"train", frozen().toString(), "--out", out.toString()};
    interrupt(start(before, train), "TERM", home);
    Matcher said =
        Pattern.compile(
                "(?m)^graft: interrupted in the pass over the frozen layers; (\\d+) of 600 features"
                    + " are kept, in .*\\. Go on with the same command and --out .*run --resume$")
            .matcher(errors());
    assertThat(said.find()).as(errors()).isTrue();
    int kept = Integer.parseInt(said.group(1));
    assertThat(kept).isBetween(1, 599);
    assertThat(out.resolve("report.html")).content().contains("The run was interrupted");

    Process second =
        start(
            before, Stream.concat(Stream.of(train), Stream.of("--resume")).toArray(String[]::new));
    assertThat(second.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).as(errors()).isZero();
    assertThat(errors()).contains(kept + " of 600 features are there already");

    train[3] = folder.resolve("whole").toString();
    Process whole = start("GRAFT_HOME=" + folder + "/other; export GRAFT_HOME; ", train);
    assertThat(whole.waitFor(120, TimeUnit.SECONDS)).isTrue();
    // A row's last bits may depend on how many went through the network with it.
    assertThat(losses(out))
        .hasSize(2)
        .containsExactly(losses(folder.resolve("whole")), Offset.offset(1e-5));
  }

  private static double[] losses(Path run) {
    return Config.read(run.resolve("history.json")).items().stream()
        .mapToDouble(epoch -> epoch.number("loss"))
        .toArray();
  }

  @Test
  void ctrlCLeavesNoHalfWrittenFeatures() throws Exception {
    Path run = folder.resolve("run");
    String[] small = {"--set", "data.train.take=1", "--set", "stages.0.cache=off"};
    String[] epoch = {"--set", "stages.0.epochs=1", "--set", "export=[\"keras\"]"};
    List<String> train = new ArrayList<>(List.of("train", frozen().toString()));
    train.addAll(List.of("--out", run.toString()));
    train.addAll(List.of(small));
    train.addAll(List.of(epoch));
    assertThat(Cli.graft(train.toArray(String[]::new)).code()).isZero();
    Path place = Files.createDirectory(folder.resolve("features"));
    String[] features = {
      "features",
      run.toString(),
      "--at",
      "high",
      "--data",
      "fashion-mnist-sample",
      "--out",
      place.resolve("x.npy").toString(),
    };
    interrupt(start("", features), "INT", place);
    assertThat(errors()).containsPattern("(?m)^graft: interrupted .*; nothing was written\\.");
    assertThat(place).isEmptyDirectory();
  }

  @Test
  void aFullDiskIsOneLineAndNothingHalfWritten() throws IOException, InterruptedException {
    Path out = folder.resolve("run");
    // Blocks of 512 bytes: room for the small files, not for a model's.
    String[] one = {"--set", "stages.0.epochs=1", "--out", out.toString()};
    Process process = start("ulimit -f 2000; ", with(one));
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(errors()).isEqualTo(2);
    List<String> said = errors().lines().filter(line -> line.startsWith("graft: ")).toList();
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains(out.toString());
    assertThat(errors()).doesNotContain("\tat ");
    try (Stream<Path> files = Files.walk(out)) {
      assertThat(files.filter(Files::isRegularFile).map(Path::toString))
          .noneMatch(name -> name.contains(".tmp") || name.contains(".part"))
          .noneMatch(name -> name.endsWith("model.keras") || name.endsWith("model.h5"));
    }
  }
}
