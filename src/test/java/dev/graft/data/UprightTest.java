package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Tensor;

/** With {@code exif} photos are turned as Pillow turns them; without, they stay as stored. */
class UprightTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/exif");

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void turnsAsPillow(int note) {
    String name = "note" + note + ".jpg";
    NpyArray expected;
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("expected.npz"))) {
      expected = npz.array(name);
    }
    Preprocessing how =
        Preprocessing.read(Config.of(Map.of("exif", true), "image"), Preprocessing.none());
    assertThat(how.config()).containsEntry("exif", true);
    try (ImageGraph graph = ImageGraph.ofFiles(how, null);
        Tensor came = PictureFile.decoded(graph, GOLDENS.resolve(name), null)) {
      assertThat(came.shape().asArray()).containsExactly(expected.shape());
      assertThat(Tensors.read(came)).containsExactly(expected.floats());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"photo.jpg", "rgba.png", "animated.gif", "gray.jpg"})
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
