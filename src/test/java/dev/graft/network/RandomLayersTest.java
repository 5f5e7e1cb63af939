package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/**
 * Layers that draw at random in training: what Keras documents of their distribution, and when they
 * draw.
 */
class RandomLayersTest {
  /** Rows × height × width × channels. */
  private static final long[] SHAPE = {50, 8, 8, 6};

  @Test
  void dropoutZeroesAShareAndScalesTheRest() {
    float[] x = filled(2);
    float[] y = once("{\"Dropout\": {\"rate\": 0.3}}", x, Path.Mode.TRAINING, 0);
    long dropped = count(y, 0);
    assertThat(dropped / (double) y.length).isCloseTo(0.3, within(0.015));
    assertThat(count(y, 2 / 0.7)).isEqualTo(y.length - dropped);
  }

  /** Of the rates with a byte four draws come out of one number: none says anything of another. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.25, 0.3})
  void whatDropoutKeepsSaysNothingOfItsNeighbours(double rate) {
    float[] y = once("{\"Dropout\": {\"rate\": " + rate + "}}", filled(1), Path.Mode.TRAINING, 0);
    double kept = 1 - rate;
    for (int apart = 1; apart < 4; apart++) {
      for (int place = 0; place < 4; place++) {
        int both = 0;
        int pairs = 0;
        for (int i = place; i + apart < y.length; i += 4) {
          both += y[i] != 0 && y[i + apart] != 0 ? 1 : 0;
          pairs++;
        }
        assertThat(both / (double) pairs).isCloseTo(kept * kept, within(0.03));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.00390625, 0.99609375, 0.0005, 0.9995})
  void rareDropoutIsAsRareAsItIsSaidToBe(double rate) {
    String layer = "{\"Dropout\": {\"rate\": " + rate + "}}";
    long dropped = 0;
    int steps = 20;
    for (int step = 0; step < steps; step++) {
      dropped += count(once(layer, filled(1), Path.Mode.TRAINING, step), 0);
    }
    double rare = Math.min(rate, 1 - rate);
    double of = steps * 19_200.0;
    // Four standard deviations.
    assertThat(dropped / of).isCloseTo(rate, within(4 * Math.sqrt(rare / of)));
  }

  /** A shape whose number of elements is no multiple of four. */
  @Test
  void dropoutOfFewElementsDropsThemAsOne() {
    float[] y =
        once(
            "{\"Dropout\": {\"rate\": 0.5, \"noise_shape\": [1, 1, 1, 1]}}",
            filled(1),
            Path.Mode.TRAINING,
            0);
    assertThat(count(y, y[0])).isEqualTo(y.length);
  }

  @Test
  void aNoiseShapeIsDroppedAsOne() {
    float[] y =
        once(
            "{\"Dropout\": {\"rate\": 0.5, \"noise_shape\": [null, 1, 1, 6]}}",
            filled(1),
            Path.Mode.TRAINING,
            0);
    channelsTogether(y, 0.5);
  }

  @Test
  void spatialDropoutDropsWholeChannels() {
    channelsTogether(
        once("{\"SpatialDropout2D\": {\"rate\": 0.4}}", filled(1), Path.Mode.TRAINING, 0), 0.4);
  }

  private static void channelsTogether(float[] y, double rate) {
    int dropped = 0;
    for (int row = 0; row < SHAPE[0]; row++) {
      for (int channel = 0; channel < SHAPE[3]; channel++) {
        float first = y[row * 384 + channel];
        for (int place = 0; place < 64; place++) {
          assertThat(y[row * 384 + place * 6 + channel]).isEqualTo(first);
        }
        dropped += first == 0 ? 1 : 0;
      }
    }
    assertThat(dropped / 300.0).isCloseTo(rate, within(0.12));
  }

  @Test
  void gaussianDropoutMultipliesByNoiseAroundOne() {
    float[] y = once("{\"GaussianDropout\": {\"rate\": 0.2}}", filled(3), Path.Mode.TRAINING, 0);
    assertThat(mean(y)).isCloseTo(3, within(0.05));
    assertThat(deviation(y)).isCloseTo(3 * Math.sqrt(0.2 / 0.8), within(0.05));
    assertThat(skewness(y)).isCloseTo(0, within(0.06));
  }

  @Test
  void gaussianNoiseIsAdded() {
    float[] y = once("{\"GaussianNoise\": {\"stddev\": 0.7}}", filled(3), Path.Mode.TRAINING, 0);
    assertThat(mean(y)).isCloseTo(3, within(0.03));
    assertThat(deviation(y)).isCloseTo(0.7, within(0.02));
    assertThat(skewness(y)).isCloseTo(0, within(0.06));
  }

  @Test
  void alphaDropoutKeepsMeanAndVariance() {
    Random random = new Random(5);
    float[] x = filled(0);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] y = once("{\"AlphaDropout\": {\"rate\": 0.3}}", x, Path.Mode.TRAINING, 0);
    assertThat(mean(y)).isCloseTo(0, within(0.03));
    assertThat(deviation(y)).isCloseTo(1, within(0.03));
    // What is dropped becomes one value: selu's limit, moved along with the rest.
    double low = -1.6732632423543772 * 1.0507009873554805;
    double a = 1 / Math.sqrt(0.7 * (1 + 0.3 * low * low));
    assertThat(count(y, a * low - a * low * 0.3) / (double) y.length).isCloseTo(0.3, within(0.015));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"Dropout\": {\"rate\": 0.3}}",
        "{\"SpatialDropout2D\": {\"rate\": 0.3}}",
        "{\"GaussianDropout\": {\"rate\": 0.3}}",
        "{\"GaussianNoise\": {\"stddev\": 0.3}}",
        "{\"AlphaDropout\": {\"rate\": 0.3}}"
      })
  void drawsAnewAtEachStepAndAgainTheSameAtTheSameStep(String layer) {
    float[] x = filled(1);
    float[] first = once(layer, x, Path.Mode.TRAINING, 0);
    assertThat(once(layer, x, Path.Mode.TRAINING, 0)).isEqualTo(first);
    assertThat(once(layer, x, Path.Mode.TRAINING, 1)).isNotEqualTo(first);
    assertThat(once(layer, x, Path.Mode.SAMPLING, 0)).isEqualTo(first);
    assertThat(once(layer, x, Path.Mode.INFERENCE, 0)).isEqualTo(x);
  }

  /** The gradient goes where the values went. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Dropout\": {\"rate\": 0.3}}",
        "{\"SpatialDropout2D\": {\"rate\": 0.3}}",
        "{\"GaussianDropout\": {\"rate\": 0.3}}"
      })
  void gradientsAreMaskedAsTheValuesAre(String layer) {
    try (Network network = network(layer)) {
      dev.graft.network.Path path = path(network, Path.Mode.TRAINING);
      Output<?>[] y = {path.outputs().get(0).asOutput()};
      Output<?>[] x = {path.feeds().get(0).asOutput()};
      Operand<?> gradient = network.graph().addGradients(null, y, x, null)[0];
      try (Tensor in = Tensors.floats(filled(1), SHAPE);
          Result result =
              network
                  .session()
                  .runner()
                  .feed(path.feeds().get(0), in)
                  .fetch(path.outputs().get(0))
                  .fetch(gradient)
                  .run()) {
        assertThat(Tensors.read(result.get(1))).isEqualTo(Tensors.read(result.get(0)));
      }
    }
  }

  /** Sampling leaves BatchNormalization on its moving statistics, also inside a nested model. */
  @Test
  void samplingNormalisesAsInference() {
    String norm =
        "{\"BatchNormalization\": {\"moving_mean_initializer\": {\"Constant\": {\"value\": 0.5}}}}";
    float[] x = filled(1);
    x[0] = 9;
    float[] plain = once(norm, x, Path.Mode.INFERENCE, 0);
    assertThat(once(norm, x, Path.Mode.SAMPLING, 0)).isEqualTo(plain);
    assertThat(once(norm, x, Path.Mode.TRAINING, 0)).isNotEqualTo(plain);
  }

  private static float[] once(String layer, float[] x, Path.Mode mode, long step) {
    try (Network network = network(layer);
        Tensor in = Tensors.floats(x, SHAPE);
        Result result = network.run(path(network, mode), List.of(in), step)) {
      return Tensors.read(result.get(0));
    }
  }

  private static Path path(Network network, Path.Mode mode) {
    return network.path(mode, network.model().inputs(), network.model().outputs());
  }

  private static Network network(String layer) {
    Config.Named named = Config.parse(layer, "layer").named();
    long[] sizes = SHAPE.clone();
    sizes[0] = -1;
    Net net = new Net("net");
    Layer read = Layers.standard().read(named.className(), named.config());
    Model model = net.model(net.put("layer", read, net.input("input", sizes)));
    Network network =
        Network.forTraining(model, new Settings(1, "cpu", Settings.Precision.FLOAT32), 7);
    network.initialize(7);
    return network;
  }

  private static float[] filled(float value) {
    float[] values = new float[50 * 8 * 8 * 6];
    Arrays.fill(values, value);
    return values;
  }

  private static long count(float[] values, double wanted) {
    long count = 0;
    for (float value : values) {
      count += Math.abs(value - wanted) < 1e-5 ? 1 : 0;
    }
    return count;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double deviation(float[] values) {
    return Math.sqrt(moment(values, 2));
  }

  private static double skewness(float[] values) {
    return moment(values, 3) / Math.pow(deviation(values), 3);
  }

  private static double moment(float[] values, int power) {
    double mean = mean(values);
    double sum = 0;
    for (float value : values) {
      sum += Math.pow(value - mean, power);
    }
    return sum / values.length;
  }
}
