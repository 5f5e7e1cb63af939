package dev.graft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.MemoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.exceptions.TFResourceExhaustedException;

class NativeMemoryTest {
  private static final long GIB = 1L << 30;

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text + "\n");
  }

  private long container(String own) throws IOException {
    return NativeMemory.container(folder.resolve("sys"), write("own", own));
  }

  @Test
  void insideAContainerItsOwnLimitCounts() throws IOException {
    write("sys/memory.max", Long.toString(2 * GIB));
    assertThat(container("0::/")).isEqualTo(2 * GIB);
  }

  @Test
  void theLeastLimitOfAGroupAndOfThoseAroundItCounts() throws IOException {
    write("sys/memory.max", "max");
    write("sys/user.slice/memory.max", Long.toString(GIB));
    write("sys/user.slice/run.scope/memory.max", Long.toString(3 * GIB));
    assertThat(container("0::/user.slice/run.scope")).isEqualTo(GIB);
    assertThat(container("0::/elsewhere")).isZero();
  }

  @Test
  void groupsOfTheFirstVersionCountToo() throws IOException {
    // Nearly 2^63: no limit.
    write("sys/memory/memory.limit_in_bytes", "9223372036854771712");
    write("sys/memory/job/memory.limit_in_bytes", Long.toString(GIB));
    assertThat(container("9:name=systemd:/\n4:memory:/job\n0::/")).isEqualTo(GIB);
    assertThat(container("4:memory:/other")).isZero();
    assertThat(container("nonsense")).isZero();
  }

  @Test
  void aMachineHasMemory() {
    assertThat(NativeMemory.available()).isPositive();
  }

  @Test
  void aProcessAboveItsCeilingIsStopped() {
    NativeMemory.hold(NativeMemory.available());
    assertThatThrownBy(() -> NativeMemory.hold(1 << 20))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("Physical memory usage is too high");
  }

  @Test
  void whatDoesNotFitNamesTheBatchAndWhichMemoryIsUsedUp() {
    assertThatThrownBy(() -> hold(new OutOfMemoryError("Java heap space")))
        .isInstanceOf(MemoryException.class)
        .hasMessageStartingWith(
            "vgg16: the memory does not hold a batch of 512 examples (Java's heap of "
                + Runtime.getRuntime().maxMemory() / (1 << 20)
                + " MiB is full")
        .hasMessageEndingWith(". Use less.");
    assertThatThrownBy(
            () -> hold(new OutOfMemoryError("Physical memory usage is too high: physicalBytes")))
        .hasMessageContaining(" MiB, its ceiling is ");
    assertThatThrownBy(
            () -> hold(new TFResourceExhaustedException("OOM when allocating tensor\nmore")))
        .hasMessage(
            "vgg16: the memory does not hold a batch of 512 examples (OOM when allocating tensor)."
                + " Use less.");
  }

  private static void hold(Throwable thrown) {
    NativeMemory.holding(
        "vgg16",
        512,
        "Use less.",
        () -> {
          if (thrown instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) thrown;
        });
  }
}
