package dev.graft.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

/** What is taken where nothing is said, and how first weights are drawn, against real Keras. */
class DefaultsTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/defaults");
  private static final int KNOWN_LAYERS = 67;
  private static final int KNOWN_INITIALIZERS = 220;

  static List<Config> layers() {
    return Config.read(FOLDER.resolve("layers.json")).get("layers").items();
  }

  static List<Config> drawn() {
    return Config.read(FOLDER.resolve("initializers.json")).get("drawn").items();
  }

  @Test
  void noCaseIsLost() {
    assertThat(layers()).hasSizeGreaterThanOrEqualTo(KNOWN_LAYERS);
    assertThat(drawn()).hasSizeGreaterThanOrEqualTo(KNOWN_INITIALIZERS);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void whatIsNotSaidIsKeras(Config golden) {
    String name = golden.string("class");
    Config whole = golden.get("config");
    whole.ignore("name", "trainable", "dtype", "batch_input_shape");
    Layer expected = Layers.standard().read(name, whole);
    whole.done();
    assertThat(Layers.standard().read(name, golden.get("given"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("drawn")
  void firstWeightsAreSpreadAsKeras(Config golden) {
    Config named =
        Config.of(
            java.util.Map.of(
                "x", java.util.Map.of(golden.string("class"), golden.get("given").plain())),
            "initializer");
    Initializer initializer = Initializers.read(named, "x", "zeros");
    Shape shape = Shape.of(Arrays.stream(golden.get("shape").integers()).asLongStream().toArray());
    int count = golden.integer("count");
    double[] values = draw(initializer, shape, count);
    double deviation = golden.number("deviation");
    double sure = 5 / Math.sqrt(count);
    assertThat(mean(values)).isCloseTo(golden.number("mean"), within(2 * sure * deviation + 1e-6));
    assertThat(deviation(values)).isCloseTo(deviation, within(2 * sure * deviation + 1e-6));
    double[] parts = golden.get("parts").numbers();
    boolean spread = parts[parts.length - 1] > parts[0] && golden.integer("count") > 1000;
    Arrays.sort(values);
    for (int i = 0; spread && i < parts.length; i++) {
      double share = (i + 1) / 20.0;
      double error = 5 * Math.sqrt(share * (1 - share) * 2 / count) + 1e-4;
      assertThat(below(values, parts[i]))
          .as("share below %s", parts[i])
          .isCloseTo(share, within(error));
    }
    if (!golden.string("class").matches("RandomNormal|Orthogonal")
        && !golden.get("given").string("distribution", "").startsWith("untruncated")) {
      // A bound is a bound, and the draws come near to it.
      double near = 0.02 * deviation + 1e-6;
      assertThat(values[0]).isCloseTo(golden.number("least"), within(near));
      assertThat(values[values.length - 1]).isCloseTo(golden.number("most"), within(near));
    }
  }

  private static double[] draw(Initializer initializer, Shape shape, int count) {
    SplittableRandom random = new SplittableRandom(11);
    double[] values = new double[count];
    for (int at = 0; at < count; ) {
      for (float value : initializer.values(shape, random.split())) {
        values[at++] = value;
      }
    }
    return values;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }

  /** The share of sorted values that are below {@code bound}. */
  private static double below(double[] values, double bound) {
    int at = Arrays.binarySearch(values, bound);
    return (at < 0 ? -at - 1 : at) / (double) values.length;
  }
}
