package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.report.RateCurve;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateSearchTest {
  private static final Config LAYERS =
      Config.parse(
          """
          [{"Dense": {"name": "hidden", "units": 8, "activation": "tanh"}},
           {"Dense": {"name": "out", "units": 3, "activation": "softmax"}}]\
          """,
          "layers");

  @Test
  void growsEvenlyAndEndsWhereTheLossBlowsUp(@TempDir Path folder) throws IOException {
    RateSearch.Curve curve = search("sgd", new RateSearch.Range(1e-5, 1e4, 90));
    List<RateSearch.Point> points = curve.points();
    assertThat(points.get(0).rate()).isCloseTo(1e-5, within(1e-11));
    for (int i = 1; i < points.size(); i++) {
      assertThat(points.get(i).rate() / points.get(i - 1).rate())
          .isCloseTo(Math.pow(10, 9.0 / 89), within(1e-3));
    }
    assertThat(points).hasSizeLessThan(90);
    assertThat(curve.steepest()).isBetween(1e-2, curve.lowest());
    assertThat(curve.lowest()).isLessThan(points.get(points.size() - 1).rate());

    RateCurve.write(curve, folder);
    assertThat(Files.readAllLines(folder.resolve("learning_rate.csv")))
        .hasSize(points.size() + 1)
        .element(0)
        .isEqualTo("learning_rate,loss,smoothed_loss");
    assertThat(folder.resolve("learning_rate.png")).isNotEmptyFile();
    assertThat(Files.readString(folder.resolve("learning_rate.svg"))).endsWith("</svg>\n");
    assertThat(RateCurve.sentence(curve)).contains("falls fastest");
  }

  /** The losses are those of plain training with the same rates. */
  @Test
  void looksAtTheLossesThatTrainingHas() {
    RateSearch.Curve curve = search("sgd", new RateSearch.Range(0.01, 0.010001, 24));
    List<Double> losses = new ArrayList<>();
    StepRecorder recorder = new StepRecorder(40, 8, null);
    try (Network network = network()) {
      Trainer.fit(Job.of(network, stage("sgd").with(recorder), rows(), null));
      losses.addAll(recorder.losses);
    }
    assertThat(curve.points()).hasSize(24);
    for (int i = 0; i < losses.size(); i++) {
      assertThat(curve.points().get(i).loss()).isCloseTo(losses.get(i), within(1e-5));
    }
  }

  @Test
  void ratesThatDoNotGrowAreRefused() {
    assertThatThrownBy(() -> new RateSearch.Range(1, 0.1, 50))
        .isInstanceOf(SettingException.class)
        .hasMessage("learning rates to look at: expected two that grow, came 1.0 and 0.1.");
  }

  private static RateSearch.Curve search(String optimizer, RateSearch.Range range) {
    try (Network network = network()) {
      return RateSearch.run(Job.of(network, stage(optimizer), rows(), null), range);
    }
  }

  private static Network network() {
    Model model = Nets.sequential(LAYERS, Set.of(), 5);
    Network network =
        Network.forTraining(model, new Settings(1, "cpu", Settings.Precision.FLOAT32), 7);
    network.initialize(7);
    return network;
  }

  private static Stage stage(String optimizer) {
    Loss loss = Losses.read(Config.of("sparse_categorical_crossentropy", "loss"));
    return Stage.of(
        "search",
        Objective.of(loss, List.of()),
        Optimizers.read(Config.of(Map.of(optimizer, Map.of("learning_rate", 0.01)), "optimizer")),
        Pace.of(1, 8).inOrder());
  }

  private static Rows rows() {
    Random random = new Random(3);
    float[] x = new float[40 * 5];
    float[] y = new float[40];
    for (int i = 0; i < 40; i++) {
      y[i] = i % 3;
      for (int k = 0; k < 5; k++) {
        x[i * 5 + k] = (float) (random.nextGaussian() * 0.3 + (k == i % 3 ? 1 : 0));
      }
    }
    return Rows.of(NpyArray.of(new long[] {40, 5}, x), NpyArray.of(new long[] {40, 1}, y));
  }
}
