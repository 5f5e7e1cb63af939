package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import dev.graft.runtime.Devices;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  private static boolean gpu() {
    return Devices.list().stream().anyMatch(d -> d.type().equals("GPU"));
  }

  @Test
  void triesAConvolutionInEachPrecision() {
    Cli.Outcome outcome = Cli.graft("doctor", "--json", "--device", "cpu");
    assertThat(outcome.code()).as(outcome.out()).isZero();
    Config json = Config.parse(outcome.out(), "doctor");
    assertThat(json.string("tensorflow")).startsWith("2.");
    assertThat(json.get("devices").items().get(0).string("name")).isEqualTo("cpu");
    List<Config> checks = json.get("checks").items();
    assertThat(checks).allMatch(check -> check.flag("ok"));
    assertThat(checks)
        .extracting(check -> check.string("name"))
        .contains("processor", "memory", "cpu float32", "cpu bfloat16", "weights");
  }

  @Test
  void aGpuThatWasAskedForAndIsNotThereIsAnErrorWithAReason() {
    assumeTrue(!gpu(), "this machine has a GPU");
    Cli.Outcome doctor = Cli.graft("doctor", "--device", "gpu:0");
    assertThat(doctor.code()).isEqualTo(2);
    assertThat(doctor.out()).contains("FAIL  GPU").contains("TensorFlow's CPU build");
    Cli.Outcome train = Cli.graft("train", "graphs/quickstart.json", "--device", "gpu:0");
    assertThat(train.code()).isEqualTo(2);
    assertThat(train.error())
        .isEqualTo(
            "graft: --device gpu:0: this is TensorFlow's CPU build. Make the GPU folder with mvn"
                + " -Pgpu-folder package, and name it with GRAFT_GPU.");
  }

  @Test
  void aGpuFolderWithoutLibrariesIsRefused() {
    assertThat(Cli.graft("doctor", "--device", "tpu").code()).isEqualTo(2);
  }
}
