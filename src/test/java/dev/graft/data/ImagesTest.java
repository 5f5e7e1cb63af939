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
  private static final int KNOWN = 184;

  @TestFactory
  List<DynamicTest> equalsPython() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Config golden : Config.read(GOLDENS.resolve("cases.json")).get("cases").items()) {
      String file = golden.string("file");
      Preprocessing how = Preprocessing.read(golden.get("image"), Preprocessing.none());
      tests.add(
          DynamicTest.dynamicTest(
              file + " " + golden.plain(),
              () -> compare(file, how, Change.of(golden), golden.string("expected"))));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(KNOWN);
    return tests;
  }

  /** Keras's transform parameters, and the settings of the generator they are for. */
  private record Change(Augmentation settings, Transform transform) {
    static Change of(Config golden) {
      if (!golden.has("transform")) {
        return new Change(null, null);
      }
      Config p = golden.get("transform");
      Transform transform =
          new Transform(
              p.number("theta", 0),
              p.number("tx", 0),
              p.number("ty", 0),
              p.number("shear", 0),
              p.number("zx", 1),
              p.number("zy", 1),
              p.flag("flip_horizontal", false),
              p.flag("flip_vertical", false),
              p.number("channel_shift_intensity", 0),
              p.number("brightness", Double.NaN));
      return new Change(Augmentation.read(golden.get("augment")), transform);
    }
  }

  private static void compare(String file, Preprocessing how, Change change, String name) {
    NpyArray expected;
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("expected.npz"))) {
      expected = npz.array(name);
    }
    try (ImageGraph graph =
            ImageGraph.ofFiles(
                change.settings() == null ? how : sized(how, expected), change.settings());
        Tensor came =
            PictureFile.decoded(
                graph, GOLDENS.resolve("files").resolve(file), change.transform())) {
      assertThat(came.shape().asArray()).containsExactly(expected.shape());
      float[] ours = Tensors.read(came);
      float[] theirs = expected.floats();
      float worst = 0;
      int count = 0;
      for (int i = 0; i < ours.length; i++) {
        float off = Math.abs(ours[i] - theirs[i]);
        worst = Math.max(worst, off);
        count += off > tolerance(file, change.settings() != null, expected) ? 1 : 0;
      }
      assertThat(count).as("values off, by up to %s, of %s", worst, ours.length).isZero();
    }
  }

  private static Preprocessing sized(Preprocessing how, NpyArray expected) {
    return how.sized((int) expected.shape()[0], (int) expected.shape()[1], how.color());
  }

  /** Bytes are equal, and TensorFlow's floats, its kernels being the same. */
  private static float tolerance(String file, boolean changed, NpyArray expected) {
    if (file.equals("cmyk.jpg")) {
      // Pillow rounds colour times black to the nearest, TensorFlow cuts off.
      return 1;
    }
    if (changed) {
      // SciPy adds up in float64, these ops in float32; 2 of 255 would be
      // allowed.
      return 1e-4f;
    }
    return expected.type().isInteger() ? 0 : 1e-5f;
  }
}
