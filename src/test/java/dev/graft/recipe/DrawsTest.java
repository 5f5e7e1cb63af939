package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.files.NpyArray;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Monte-Carlo dropout: mean and spread of a network whose both are known. */
class DrawsTest {
  private static final int SAMPLES = 3000;
  private static final float[] KERNEL = {1, -2, 3, 0.5f};
  private static final float[] X = {1, 2, -1, 4, 0.5f, 0, 2, -3};

  private static Model model(String layers) {
    List<Surgery.Named> list = new ArrayList<>();
    for (Config layer : Config.parse(layers, "layers").items()) {
      Config.Named named = layer.named();
      list.add(Surgery.Named.of(Layers.standard().read(named.className(), named.config())));
    }
    return Surgery.sequential("net", new InputLayer(Spec.floats(-1, 4)), list);
  }

  private static Predictor predictor(Model model, int samples, long seed) {
    Network network =
        Network.forSampling(model, new Settings(1, "cpu", Settings.Precision.FLOAT32), seed);
    network.initialize(1);
    network.assign("dense/kernel", KERNEL);
    network.assign("dense/bias", new float[] {1});
    return new Predictor(network, Note.none(), null, samples);
  }

  private static Predictor.Answers answers(int samples, long seed) {
    Model model =
        model(
            "[\"BatchNormalization\", {\"Dropout\": {\"rate\": 0.25}}, {\"Dense\": {\"units\": 1}}]");
    try (Predictor predictor = predictor(model, samples, seed)) {
      return predictor.answers(Map.of("x", NpyArray.of(new long[] {2, 4}, X)));
    }
  }

  /** Each term w x is kept with 0.75 and then divided by it: variance (w x)² · 0.25 / 0.75. */
  @Test
  void meanAndSpreadAreThoseOfDropout() {
    Predictor.Answers answers = answers(SAMPLES, 7);
    float[] mean = answers.outputs().get("dense").floats();
    float[] spread = answers.spreads().get("dense").floats();
    for (int row = 0; row < 2; row++) {
      double expected = 1;
      double variance = 0;
      for (int i = 0; i < 4; i++) {
        // BatchNormalization on its first moving statistics divides by sqrt(1 + 0.001).
        double term = KERNEL[i] * X[row * 4 + i] / Math.sqrt(1.001);
        expected += term;
        variance += term * term / 3;
      }
      double deviation = Math.sqrt(variance);
      assertThat((double) mean[row])
          .isCloseTo(expected, within(4 * deviation / Math.sqrt(SAMPLES)));
      assertThat((double) spread[row]).isCloseTo(deviation, within(0.06 * deviation));
    }
  }

  @Test
  void equalSeedsDrawTheSame() {
    float[] one = answers(10, 7).outputs().get("dense").floats();
    assertThat(answers(10, 7).outputs().get("dense").floats()).isEqualTo(one);
    assertThat(answers(10, 8).outputs().get("dense").floats()).isNotEqualTo(one);
    assertThat(answers(0, 7).spreads()).isEmpty();
  }

  @Test
  void aNetworkWithoutRandomLayersIsRefused() {
    Model model = model("[{\"Dense\": {\"units\": 1}}]");
    assertThatThrownBy(() -> predictor(model, 10, 1))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "--mc-samples: model 'net' has no random layer such as Dropout, so all draws are the"
                + " same. Leave it away.");
  }
}
