package dev.graft.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The random layers inside networks: given what was drawn they make Keras's pictures, and what they
 * draw lies where Keras's does. The goldens are those of tools/goldens/random_layers.py.
 */
class RandomPictureTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens");

  @TestFactory
  List<DynamicTest> changesPicturesAsKerasDoes() {
    Config all = Config.read(GOLDENS.resolve("random-layers/cases.json"));
    List<Config> cases = new ArrayList<>(all.get("cases").items());
    cases.addAll(all.get("layers").items());
    assertThat(cases).hasSizeGreaterThanOrEqualTo(43);
    List<DynamicTest> tests = new ArrayList<>();
    for (Config golden : cases) {
      tests.add(DynamicTest.dynamicTest(golden.plain().toString(), () -> compare(golden)));
    }
    return tests;
  }

  private static RandomPicture layer(String name, Object settings) {
    Config config = Config.parse(Json.compact(settings), name);
    Layer layer = Layers.standard().read(name, config);
    config.done();
    return (RandomPicture) layer;
  }

  private static void compare(Config golden) throws IOException {
    RandomPicture layer = layer(golden.string("layer"), golden.get("settings").plain());
    NpyArray expected;
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("random-layers/expected.npz"))) {
      expected = npz.array(golden.string("expected"));
    }
    double[] parameters = golden.get("parameters").numbers();
    float[] drawn = new float[2 * parameters.length];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = (float) parameters[i % parameters.length];
    }
    float[] one = picture();
    float[] two = new float[2 * one.length];
    System.arraycopy(one, 0, two, 0, one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    long[] shape = expected.shape();
    Spec in = Spec.floats(-1, shape[0], shape[1], 3);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x =
          tf.placeholderWithDefault(
              tf.reshape(tf.constant(two), tf.constant(new long[] {2, shape[0], shape[1], 3})),
              in.shape());
      Operand<TFloat32> numbers =
          tf.reshape(tf.constant(drawn), tf.constant(new int[] {2, parameters.length}));
      float[] came = run(graph, layer.change(new Floats(tf), x, in, numbers));
      float[] theirs = expected.floats();
      assertThat(came).hasSize(2 * theirs.length);
      for (int i = 0; i < came.length; i++) {
        assertThat(came[i]).isCloseTo(theirs[i % theirs.length], within(0.02f));
      }
    }
  }

  private static float[] run(Graph graph, Operand<TFloat32> y) {
    try (Session session = Settings.standard().open(graph, Settings.Kind.TRAINING);
        Result result = session.runner().fetch(y).run()) {
      try (Tensor tensor = result.get(0)) {
        return Tensors.read(tensor);
      }
    }
  }

  private static float[] picture() throws IOException {
    BufferedImage image = ImageIO.read(GOLDENS.resolve("images/files/tiny.png").toFile());
    float[] values = new float[image.getWidth() * image.getHeight() * 3];
    int at = 0;
    for (int row = 0; row < image.getHeight(); row++) {
      for (int column = 0; column < image.getWidth(); column++) {
        int rgb = image.getRGB(column, row);
        values[at++] = rgb >> 16 & 255;
        values[at++] = rgb >> 8 & 255;
        values[at++] = rgb & 255;
      }
    }
    return values;
  }

  /** Draws for 2,000 pictures of 10 × 20 pixels: (batch, numbers) in rows. */
  private static float[] draws(RandomPicture layer) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Extent[] sizes = {
        Extent.of(tf, 2000), Extent.of(tf, 10), Extent.of(tf, 20), Extent.of(tf, 3)
      };
      GraphCall call =
          new GraphCall(
              tf, List.of(), List.of(), Map.of(), "", true, true, GraphCall.State.of(Map.of()));
      return run(graph, layer.draw(new Chance(call, sizes, 7, 0)));
    }
  }

  private static void column(float[] drawn, int count, int index, double low, double high) {
    double least = Double.MAX_VALUE;
    double most = -Double.MAX_VALUE;
    double sum = 0;
    for (int i = index; i < drawn.length; i += count) {
      least = Math.min(least, drawn[i]);
      most = Math.max(most, drawn[i]);
      sum += drawn[i];
    }
    double span = high - low;
    assertThat(least).isBetween(low - 1e-5, low + 0.02 * span);
    assertThat(most).isBetween(high - 0.02 * span, high + 1e-5);
    assertThat(sum * count / drawn.length).isCloseTo((low + high) / 2, within(0.03 * span));
  }

  @Test
  void drawsWithinKerasBounds() {
    column(draws(layer("RandomRotation", Map.of("factor", 0.1))), 1, 0, -36, 36);
    float[] shift =
        draws(layer("RandomTranslation", Map.of("height_factor", 0.2, "width_factor", 0.1)));
    column(shift, 2, 0, -2, 2);
    column(shift, 2, 1, -2, 2);
    float[] zoom = draws(layer("RandomZoom", Map.of("height_factor", List.of(-0.3, 0.1))));
    column(zoom, 2, 0, 0.7, 1.1);
    assertThat(zoom[0]).isEqualTo(zoom[1]);
    column(draws(layer("RandomHue", Map.of("factor", List.of(0, 0.4)))), 1, 0, -0.2, 0.2);
    column(draws(layer("RandomContrast", Map.of("factor", List.of(0.5, 0.3)))), 1, 0, 0.5, 1.3);
    column(draws(layer("RandomBrightness", Map.of("factor", 0.2))), 1, 0, -51, 51);
    column(draws(layer("RandomShear", Map.of("x_factor", List.of(0, 0.3)))), 2, 0, -0.3, 0.3);
    column(
        draws(layer("Solarization", Map.of("addition_factor", 0.1, "threshold_factor", 0.2))),
        2,
        1,
        0,
        51);
    for (float bits : draws(layer("RandomPosterization", Map.of("factor", List.of(2, 5))))) {
      assertThat(bits).isIn(6f, 5f, 4f);
    }
  }

  @Test
  void chancesAreKeras() {
    share(draws(layer("RandomFlip", Map.of())), 1, 0, 0.5);
    share(draws(layer("RandomGrayscale", Map.of("factor", 0.3))), 1, 0, 0.3);
    // A chance drawn between 0 and 1 comes to a half.
    share(draws(layer("RandomInvert", Map.of())), 1, 0, 0.5);
    share(draws(layer("RandomErasing", Map.of("factor", List.of(0.8, 0.8)))), 5, 4, 0.8);
    float[] erased = draws(layer("RandomErasing", Map.of("scale", List.of(0.25, 0.25))));
    for (int i = 0; i < erased.length; i += 5) {
      assertThat(erased[i + 1] - erased[i]).isCloseTo(10f, within(1e-3f));
      assertThat(erased[i + 3] - erased[i + 2]).isCloseTo(5f, within(1e-3f));
      assertThat(erased[i]).isBetween(0f, 10f);
    }
  }

  private static void share(float[] drawn, int count, int index, double expected) {
    double sum = 0;
    for (int i = index; i < drawn.length; i += count) {
      assertThat(drawn[i]).isIn(0f, 1f);
      sum += drawn[i];
    }
    assertThat(sum * count / drawn.length).isCloseTo(expected, within(0.04));
  }
}
