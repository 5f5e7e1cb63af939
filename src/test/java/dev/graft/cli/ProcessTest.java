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
import java.util.stream.Stream;
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
