package dev.graft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs scripts with real Keras: the Python of {@code $GRAFT_PYTHON}, else tools/python-env's. */
public final class RealKeras {
  private RealKeras() {}

  /** Runs {@code script} and gives what it printed; a script that fails fails the test. */
  public static String run(String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python(), script));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    Process process = builder.start();
    String output = output(process);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static String python() throws IOException, InterruptedException {
    String given = System.getenv("GRAFT_PYTHON");
    if (given != null) {
      return given;
    }
    Process process = new ProcessBuilder("tools/python-env").start();
    String path = output(process).strip();
    assumeTrue(process.waitFor() == 0, "no real Keras: tools/python-env failed");
    return path;
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
