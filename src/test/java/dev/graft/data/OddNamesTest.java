package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that a C locale cannot spell are listed, decoded and shown as UTF-8 there, too. */
class OddNamesTest {
  /** Sorted: unicode composed and not, beyond 16 bits, control characters, commas, dashes. */
  private static final List<String> NAMES =
      List.of(
          "-dash.png",
          "comma, and space.png",
          "nfc-caf\u00e9.png",
          "nfd-cafe\u0301.png",
          "quote\"'.png",
          "tab\tand\u0001bell\u0007.png",
          "\u82b1.png",
          "\ud83c\udf3b.png");

  @TempDir Path folder;

  @Test
  void workInTheCLocale() throws Exception {
    Path names = folder.resolve("names.txt");
    Files.writeString(names, String.join("\u0000", NAMES));
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            OddNamesTest.class.getName(),
            folder.toString());
    java.environment().put("LC_ALL", "C");
    java.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    java.redirectErrorStream(true);
    Process process = java.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("8 pictures read");
  }

  /** What the other process does: makes the files, and reads them as a data set. */
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    List<String> names = List.of(Files.readString(root.resolve("names.txt")).split("\u0000", -1));
    byte[] picture =
        Files.readAllBytes(Path.of("src/test/resources/goldens/images/files/tiny.png"));
    Path photos = Files.createDirectory(root.resolve("photos"));
    for (String name : names) {
      Files.write(FileNames.resolve(photos, name), picture);
    }
    List<Path> found = new Folders().images(photos);
    List<String> came = found.stream().map(FileNames::name).toList();
    if (!came.equals(names)) {
      throw new AssertionError("came " + came);
    }
    int read = 0;
    try (ImageGraph graph = ImageGraph.ofFiles(Preprocessing.none(), null)) {
      for (int i = 0; i < found.size(); i++) {
        PictureFile.decoded(graph, found.get(i), null).close();
        if (!FileNames.display(found.get(i)).endsWith("photos/" + names.get(i))) {
          throw new AssertionError(FileNames.display(found.get(i)));
        }
        read++;
      }
    }
    System.out.println(read + " pictures read");
  }
}
