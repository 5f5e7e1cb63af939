package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstStartTest {
  @TempDir Path folder;

  @Test
  void everyCommandThatTheArchiveIsMadeOfWorks() throws IOException {
    assertThat(FirstStart.all(folder)).isEmpty();
    assertThat(folder.resolve("run/model.h5")).isNotEmptyFile();
    // One picture, ten classes: a head of 128 bytes and ten float32.
    assertThat(Files.size(folder.resolve("a.npy"))).isEqualTo(128 + 10 * 4);
    assertThat(folder.resolve("b.npy")).hasSameBinaryContentAs(folder.resolve("a.npy"));
  }
}
