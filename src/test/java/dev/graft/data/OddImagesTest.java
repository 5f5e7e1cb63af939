package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.graft.error.DataException;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tensorflow.Tensor;

/** Each odd image is either decoded or refused in one line that names it. */
@Tag("shared")
class OddImagesTest {
  private static final Path FOLDER = Path.of("../shared/data/odd-images");

  /** Files Pillow reads and Graft refuses: formats that TensorFlow has not, and a bomb. */
  private static final Set<String> REFUSED =
      Set.of(
          "lossy.webp",
          "lossless-alpha.webp",
          "animated.webp",
          "webp-inside.jpg",
          "photo.avif",
          "bomb-20000x20000-1bit.png");

  /** Inks are mixed with another rounding, so some values are one off: see ImagesTest. */
  private static final String INKS = "tf-jpeg_merge_test1_cmyk.jpg";

  private static List<String[]> manifest() throws IOException {
    assumeThat(FOLDER).as("the shared folder beside the checkout").isDirectory();
    List<String[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve("MANIFEST.tsv"), StandardCharsets.UTF_8)) {
      lines.add(line.split("\t", -1));
    }
    return lines.subList(1, lines.size());
  }

  /** The hash of Pillow's RGB bytes by file. */
  private static Map<String, String> pillow() throws IOException {
    Map<String, String> hashes = new HashMap<>();
    for (String line : Files.readAllLines(ImagesTest.GOLDENS.resolve("odd-images.tsv"))) {
      String[] parts = line.split("\t", 2);
      hashes.put(parts[parts.length - 1], parts[0]);
    }
    return hashes;
  }

  private static String hash(Tensor picture) {
    float[] values = Tensors.read(picture);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (int) values[i];
    }
    return ArrayFeed.sha256(bytes);
  }

  @Test
  void decodesAsPillowOrRefusesByName() throws IOException {
    Map<String, String> pillow = pillow();
    Set<String> refused = new TreeSet<>();
    Set<String> unreadableInPillow = new TreeSet<>();
    int decoded = 0;
    try (ImageGraph graph = ImageGraph.ofFiles(Preprocessing.none())) {
      for (String[] line : manifest()) {
        String[] size = line[4].split("x", -1);
        Path file = FileNames.resolve(FOLDER, line[0]);
        if (!line[5].equals("ok")) {
          unreadableInPillow.add(line[0]);
        }
        try (Tensor picture = PictureFile.decoded(graph, file)) {
          assertThat(picture.shape().asArray())
              .as(line[0])
              .containsExactly(Integer.parseInt(size[1]), Integer.parseInt(size[0]), 3);
          if (!line[0].equals(INKS)) {
            assertThat(hash(picture)).as(line[0]).isEqualTo(pillow.get(line[0]));
          }
          decoded++;
        } catch (DataException e) {
          assertThat(e.getMessage()).contains(FileNames.display(file) + ": ").doesNotContain("\n");
          refused.add(line[0]);
        }
      }
    }
    unreadableInPillow.addAll(REFUSED);
    assertThat(refused).containsExactlyElementsOf(unreadableInPillow);
    assertThat(decoded + refused.size()).isEqualTo(101);
  }

  @Test
  void refusesTheBombBeforeItTakesMemory() {
    assumeThat(FOLDER).as("the shared folder beside the checkout").isDirectory();
    long before = System.nanoTime();
    try (ImageGraph graph = ImageGraph.ofFiles(Preprocessing.none())) {
      for (String name : List.of("bomb-20000x20000-1bit.png", "huge-header.png")) {
        try (Tensor picture = PictureFile.decoded(graph, FOLDER.resolve(name))) {
          throw new AssertionError("decoded " + picture.shape());
        } catch (DataException e) {
          assertThat(e).hasMessageContaining("pixels, more than the 178956970 allowed");
        }
      }
    }
    assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
  }
}
