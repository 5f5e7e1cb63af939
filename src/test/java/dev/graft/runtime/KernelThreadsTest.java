package dev.graft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Each number of threads needs a process of its own. */
@EnabledOnOs(OS.LINUX)
class KernelThreadsTest {
  @Test
  void aSmallSessionThatComesFirstDoesNotDecide() throws IOException, InterruptedException {
    long two = threads(2);
    assertThat(two).isGreaterThan(2);
    assertThat(threads(7) - two).isEqualTo(5);
  }

  private static long threads(int wanted) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KernelThreadsProbe.class.getName(),
                Integer.toString(wanted))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return Long.parseLong(said.strip());
  }
}
