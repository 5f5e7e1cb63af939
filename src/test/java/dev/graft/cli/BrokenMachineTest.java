package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import dev.graft.runtime.Devices;
import dev.graft.runtime.GpuLibraries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code graft doctor} says where something was broken on purpose. */
class BrokenMachineTest {
  @TempDir Path folder;

  private static Config doctor(Map<String, String> environment, int code) {
    Cli.Outcome outcome = Cli.graft(environment, "doctor", "--device", "cpu", "--json");
    assertThat(outcome.code()).as(outcome.out()).isEqualTo(code);
    return Config.parse(outcome.out(), "doctor");
  }

  private static Config check(Config report, String name) {
    return report.get("checks").items().stream()
        .filter(check -> check.string("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> advice(Config report) {
    return report.get("advice").items().stream().map(Config::string).toList();
  }

  @Test
  void aStoreThatIsNoFolderIsBrokenWhereItWasNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Config report = doctor(Map.of("GRAFT_HOME", file.toString()), 2);
    assertThat(check(report, "store").flag("ok")).isFalse();
    assertThat(check(report, "store").string("detail"))
        .isEqualTo(file + " cannot be written to, named by GRAFT_HOME");
    assertThat(advice(report)).anyMatch(line -> line.contains("set GRAFT_HOME to a folder"));
  }

  @Test
  void whatIsSwitchedOffIsSaid() {
    Config report =
        doctor(Map.of("GRAFT_HOME", folder.toString(), "TF_ENABLE_ONEDNN_OPTS", "0"), 0);
    assertThat(check(report, "TensorFlow").string("detail")).endsWith(", oneDNN off");
    assertThat(advice(report)).anyMatch(line -> line.startsWith("oneDNN is switched off"));
  }

  @Test
  void cudaLibrariesThatAreMissingOrBrokenAreNamed() throws IOException, InterruptedException {
    // This process has TensorFlow in its memory, and so tells where its libraries are.
    assertThat(Devices.withoutGpu()).isNotEmpty();
    Path natives = GpuLibraries.loaded("libtensorflow_cc").map(Path::getParent).orElse(null);
    assumeTrue(natives != null, "this system does not say where libraries come from");
    try (Stream<Path> files = Files.list(natives)) {
      for (Path file : files.toList()) {
        Files.createSymbolicLink(folder.resolve(file.getFileName().toString()), file);
      }
    }
    Files.writeString(folder.resolve("libcufft.so.11"), "no library");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dgraft.gpu=" + folder));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("doctor", "--json"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(2);
    Config report = Config.parse(said, "doctor");
    Config libraries = check(report, "CUDA libraries");
    assertThat(libraries.flag("ok")).isFalse();
    assertThat(libraries.string("detail"))
        .startsWith("missing: libcudart.so.12, libcublas.so.12, ")
        .contains("libcudnn_graph.so.9")
        .contains("cannot be loaded: ")
        .contains(folder.resolve("libcufft.so.11") + ": ");
    assertThat(advice(report))
        .anyMatch(line -> line.contains("TensorFlow stays on the CPU without an error"))
        .anyMatch(line -> line.endsWith("harmless."));
    assertThat(check(report, "GPU").flag("ok")).isFalse();
  }
}
