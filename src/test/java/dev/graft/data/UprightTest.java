package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Tensor;

/** With {@code exif} photos are turned as Pillow turns them; without, they stay as stored. */
class UprightTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/exif");
  private static final int KNOWN = 32;

  @Test
  void turnsAsPillow() {
    Preprocessing how =
        Preprocessing.read(Config.of(Map.of("exif", true), "image"), Preprocessing.none());
    assertThat(how.config()).containsEntry("exif", true);
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("expected.npz"));
        ImageGraph graph = ImageGraph.ofFiles(how, null)) {
      assertThat(npz.names()).hasSizeGreaterThanOrEqualTo(KNOWN);
      for (String name : npz.names()) {
        NpyArray expected = npz.array(name);
        try (Tensor came = PictureFile.decoded(graph, GOLDENS.resolve(name), null)) {
          assertThat(came.shape().asArray()).as(name).containsExactly(expected.shape());
          assertThat(Tensors.read(came)).as(name).containsExactly(expected.floats());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"photo.jpg", "rgba.png", "animated.gif", "gray.jpg", "gray16.png", "turned.tif"})
  void leavesOthersAsTheyAre(String name) {
    Path file = ImagesTest.GOLDENS.resolve("files").resolve(name);
    Preprocessing how =
        Preprocessing.read(Config.of(Map.of("exif", true), "image"), Preprocessing.none());
    try (ImageGraph turning = ImageGraph.ofFiles(how, null);
        ImageGraph plain = ImageGraph.ofFiles(Preprocessing.none(), null);
        Tensor turned = PictureFile.decoded(turning, file, null);
        Tensor stored = PictureFile.decoded(plain, file, null)) {
      assertThat(Tensors.read(turned)).containsExactly(Tensors.read(stored));
    }
  }
}
