package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Settings.Precision;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lower precision learns the same within its own, and equal settings give equal bits. */
class PrecisionTest {
  private static final String LAYERS =
      """
      [{"Conv2D": {"name": "conv", "filters": 4, "kernel_size": 3, "activation": "relu"}},
       {"Flatten": {"name": "flatten"}},
       {"Dense": {"name": "hidden", "units": 16, "activation": "relu"}},
       {"Dense": {"name": "out", "units": 3, "activation": "softmax"}}]
      """;
  private static final int ROWS = 24;

  private record Result(double loss, Map<String, float[]> weights, Position position) {}

  private static Result train(Precision precision, float size) {
    float[] x = new float[ROWS * 64];
    float[] y = new float[ROWS];
    for (int i = 0; i < x.length; i++) {
      x[i] = size * (float) Math.sin(i * (1 + i / 64 % 3));
    }
    for (int i = 0; i < ROWS; i++) {
      y[i] = i % 3;
    }
    Rows rows =
        Rows.of(NpyArray.of(new long[] {ROWS, 8, 8, 1}, x), NpyArray.of(new long[] {ROWS, 1}, y));
    Model model = Nets.sequential(Config.parse(LAYERS, "layers"), Set.of(), 8, 8, 1);
    Stage stage =
        Stage.of(
            "test",
            Objective.of(
                Losses.read(Config.of("sparse_categorical_crossentropy", "loss")), List.of()),
            Optimizers.read(Config.parse("{\"SGD\": {\"learning_rate\": 0.02}}", "optimizer")),
            Pace.of(4, 4));
    try (Network network = Network.forTraining(model, new Settings(1, "cpu", precision), 7)) {
      network.initialize(7);
      History history = new History();
      Trainer.Outcome outcome = Trainer.fit(Job.of(network, stage, rows, null).with(history));
      List<Double> losses = history.values("loss");
      return new Result(losses.get(3), network.weights(), outcome.position());
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void equalSettingsGiveEqualBits(Precision precision) {
    Result one = train(precision, 1);
    Result two = train(precision, 1);
    one.weights().forEach((name, v) -> assertThat(two.weights().get(name)).isEqualTo(v));
    Result full = train(Precision.FLOAT32, 1);
    assertThat(one.loss()).isCloseTo(full.loss(), within(0.02));
    if (precision == Precision.FLOAT16) {
      assertThat(one.weights().get("conv/kernel")).isNotEqualTo(full.weights().get("conv/kernel"));
      assertThat(one.position().scale()).isEqualTo(new LossScale(32768, 24));
    } else {
      assertThat(one.position().scale()).isNull();
    }
  }

  /** Inputs so large that gradients leave float16's range under the first scale. */
  @Test
  void theLossScaleIsLoweredUntilGradientsFit() {
    Result half = train(Precision.FLOAT16, 30);
    assertThat(half.position().scale().value()).isLessThan(32768);
    assertThat(half.position().step()).isEqualTo(24);
    half.weights()
        .forEach(
            (name, values) -> {
              for (float value : values) {
                assertThat(value).as(name).isFinite();
              }
            });
  }

  @Test
  void theLossScaleGrowsAgain() {
    LossScale scale = LossScale.FIRST.lowered().lowered();
    for (int i = 0; i < 1999; i++) {
      scale = scale.grown();
    }
    assertThat(scale).isEqualTo(new LossScale(8192, 1999));
    assertThat(scale.grown()).isEqualTo(new LossScale(16384, 0));
  }
}
