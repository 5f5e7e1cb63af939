package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.Tensor;

/** {@code preprocess} by the name of any of Keras's applications, or of its module. */
class PreprocessInputTest {
  private static final Path GOLDEN = Path.of("src/test/resources/goldens/preprocess-input.json");

  @TestFactory
  List<DynamicTest> equalsKeras() {
    Config golden = Config.read(GOLDEN);
    double[] pixels = golden.get("pixels").numbers();
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : golden.get("expected").keys()) {
      double[] expected = golden.get("expected").get(name).numbers();
      tests.add(DynamicTest.dynamicTest(name, () -> compare(name, pixels, expected)));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(70);
    return tests;
  }

  private static void compare(String name, double[] pixels, double[] expected) {
    float[] fed = new float[pixels.length];
    for (int i = 0; i < fed.length; i++) {
      fed[i] = (float) pixels[i];
    }
    int[] shape = {1, fed.length / 3, 3};
    Column.Floats column = new Column.Floats(fed, shape);
    Preprocessing how =
        Preprocessing.read(Config.of(Map.of("preprocess", name), "image"), Preprocessing.none());
    try (ImageGraph graph = ImageGraph.ofBatches(how, column, Settings.standard());
        Tensor stored = Tensors.floats(fed, 1, shape[0], shape[1], shape[2]);
        Tensor came = graph.run(stored, null)) {
      float[] ours = Tensors.read(came);
      for (int i = 0; i < ours.length; i++) {
        float close = 1e-5f * (float) Math.max(1, Math.abs(expected[i]));
        assertThat(ours[i])
            .isCloseTo((float) expected[i], org.assertj.core.data.Offset.offset(close));
      }
    }
  }
}
