package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path folder;

  private List<String> left() throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFileAppearsWhole() throws IOException {
    Path target = folder.resolve("a.txt");
    AtomicFiles.string(target, "größe");
    assertThat(target).hasContent("größe");
    AtomicFiles.write(
        target,
        path -> {
          Files.writeString(path, "new");
          assertThat(target).hasContent("größe");
        });
    assertThat(target).hasContent("new");
    assertThat(left()).containsExactly("a.txt");
  }

  @Test
  void aFailureLeavesWhatWasThere() throws IOException {
    Path target = folder.resolve("a.txt");
    AtomicFiles.string(target, "old");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    target,
                    path -> {
                      Files.writeString(path, "half");
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");
    assertThat(target).hasContent("old");
    assertThat(left()).containsExactly("a.txt");
  }

  @Test
  void theDisksRefusalIsExplained() throws IOException {
    Path target = folder.resolve("a.txt");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    target,
                    path -> {
                      Files.writeString(path, "half");
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(DataException.class)
        .hasMessage(target + ": the disk is full. Free some space or choose another disk.");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    target,
                    path -> {
                      throw new UncheckedIOException(
                          new FileSystemException("x", null, "File too large"));
                    }))
        .isInstanceOf(DataException.class)
        .hasMessage(
            target
                + ": the file grows larger than is allowed here. Raise the limit (ulimit -f) or"
                + " choose another disk.");
    assertThat(left()).isEmpty();
    Path dark = folder.resolve("x".repeat(250));
    assertThatThrownBy(() -> AtomicFiles.string(dark, "x"))
        .isInstanceOf(SettingException.class)
        .hasMessageEndingWith(": the name is too long. Choose a shorter one.");
  }

  @Test
  void wrongPlacesAreNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path under = file.resolve("a/b.txt");
    assertThatThrownBy(() -> AtomicFiles.string(under, "x"))
        .isInstanceOf(SettingException.class)
        .hasMessage(under + ": '" + file + "' is a file, not a folder. Choose another place.");
    Path nowhere = folder.resolve("none/a.txt");
    assertThatThrownBy(() -> AtomicFiles.string(nowhere, "x"))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            nowhere
                + ": the folder '"
                + folder.resolve("none")
                + "' does not exist. Create it first.");
    assertThatThrownBy(() -> AtomicFiles.string(folder, "x"))
        .isInstanceOf(SettingException.class)
        .hasMessage(folder + ": expected a place for a file, found a folder. Choose another name.");
    assertThatThrownBy(() -> AtomicFiles.directory(file, path -> {}))
        .isInstanceOf(SettingException.class)
        .hasMessage(file + ": expected a place for a folder, found a file. Choose another name.");
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> AtomicFiles.string(pipe, "x"))
        .isInstanceOf(SettingException.class)
        .hasMessage(pipe + ": expected a place for a file, found a device. Choose another name.");
    assertThat(left()).containsExactly("file", "pipe");
  }

  @Test
  void aFolderThatMayNotBeWrittenIsNamed() throws IOException {
    assumeFalse(System.getProperty("user.name").equals("root"), "root may write everywhere");
    Path closed = Files.createDirectory(folder.resolve("closed"));
    assertThat(closed.toFile().setWritable(false)).isTrue();
    assertThatThrownBy(() -> AtomicFiles.string(closed.resolve("a.txt"), "x"))
        .isInstanceOf(SettingException.class)
        .hasMessageEndingWith(
            "a.txt: may not be written. Choose another place or change its permissions.");
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path real = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    AtomicFiles.string(link, "new");
    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("new");
  }

  @Test
  void aFolderAppearsWhole() throws IOException {
    Path target = folder.resolve("run");
    AtomicFiles.directory(target, path -> Files.writeString(path.resolve("a"), "1"));
    assertThat(target.resolve("a")).hasContent("1");
    assertThatThrownBy(() -> AtomicFiles.directory(target, path -> {}))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            target + ": expected no folder or an empty one, found files in it. Choose another.");
    AtomicFiles.overwriteDirectory(target, path -> Files.writeString(path.resolve("b"), "2"));
    assertThat(target.resolve("a")).doesNotExist();
    assertThat(target.resolve("b")).hasContent("2");
    assertThatThrownBy(
            () ->
                AtomicFiles.overwriteDirectory(
                    target,
                    path -> {
                      Files.createDirectories(path.resolve("deep/er"));
                      throw new IOException("broken");
                    }))
        .isInstanceOf(DataException.class)
        .hasMessage(target + ": cannot be written: broken.");
    assertThat(target.resolve("b")).hasContent("2");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    AtomicFiles.directory(empty, path -> Files.writeString(path.resolve("c"), "3"));
    assertThat(empty.resolve("c")).hasContent("3");
    assertThat(left()).containsExactly("empty", "run");
  }

  /** A limit on file sizes sends a signal as well; it must not end the JVM. */
  @Test
  void aLimitOnFileSizesIsExplained() throws Exception {
    Path target = folder.resolve("big");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -f 100 && exec \"$0\" \"$@\"",
                java,
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                AtomicFilesTest.class.getName(),
                target.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).contains(target + ": the file grows larger than is allowed here");
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(left()).isEmpty();
  }

  /** Writes a file of 1 MB to the path given; exits with 2 when refused. */
  public static void main(String[] arguments) {
    try {
      AtomicFiles.bytes(Path.of(arguments[0]), new byte[1 << 20]);
    } catch (DataException e) {
      System.out.println(e.getMessage());
      System.exit(2);
    }
  }
}
