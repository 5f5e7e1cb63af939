package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.Tensor;

/** Every picture equals what Pillow, TensorFlow and Keras made of the same file. */
class ImagesTest {
  static final Path GOLDENS = Path.of("src/test/resources/goldens/images");
  private static final int KNOWN = 116;

  @TestFactory
  List<DynamicTest> equalsPython() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Config golden : Config.read(GOLDENS.resolve("cases.json")).get("cases").items()) {
      String file = golden.string("file");
      Preprocessing how = Preprocessing.read(golden.get("image"), Preprocessing.none());
      tests.add(
          DynamicTest.dynamicTest(
              file + " " + how.config(), () -> compare(file, how, golden.string("expected"))));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(KNOWN);
    return tests;
  }

  private static void compare(String file, Preprocessing how, String name) {
    NpyArray expected;
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("expected.npz"))) {
      expected = npz.array(name);
    }
    try (ImageGraph graph = ImageGraph.ofFiles(how);
        Tensor came = PictureFile.decoded(graph, GOLDENS.resolve("files").resolve(file))) {
      assertThat(came.shape().asArray()).containsExactly(expected.shape());
      float[] ours = Tensors.read(came);
      float[] theirs = expected.floats();
      float worst = 0;
      int count = 0;
      for (int i = 0; i < ours.length; i++) {
        float off = Math.abs(ours[i] - theirs[i]);
        worst = Math.max(worst, off);
        count += off > tolerance(file, expected) ? 1 : 0;
      }
      assertThat(count).as("values off, by up to %s, of %s", worst, ours.length).isZero();
    }
  }

  /** Bytes are equal, and TensorFlow's floats, its kernels being the same. */
  private static float tolerance(String file, NpyArray expected) {
    if (file.equals("cmyk.jpg")) {
      // Pillow rounds colour times black to the nearest, TensorFlow cuts off.
      return 1;
    }
    return expected.type().isInteger() ? 0 : 1e-5f;
  }
}
