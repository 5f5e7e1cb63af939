package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Graft against both Kerases: every optimizer, schedule, loss, regularizer, constraint, weighting,
 * freezing pattern, callback and metric, 24 steps each.
 */
class KerasTrainingTest {
  private static final int KNOWN_CASES = 190;
  private static final double TOLERANCE = 1e-4;

  static List<Golden.Case> cases() {
    return Golden.cases();
  }

  @Test
  void noCaseIsLost() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(KNOWN_CASES);
  }

  /** The running mean of the loss after every step, and the rate of every update. */
  private static final class Recorder implements Callback {
    final List<Double> means = new ArrayList<>();
    final List<Float> rates = new ArrayList<>();

    @Override
    public void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {
      means.add(logs.get("loss"));
      rates.add(training.rate());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsKeras(Golden.Case which) {
    Golden golden = new Golden(which);
    Recorder recorder = new Recorder();
    History history = new History();
    try (Network network =
        Network.forTraining(
            golden.model(), new Settings(1, "cpu", Settings.Precision.FLOAT32), 7)) {
      Map<String, float[]> first = golden.first();
      network.assign(first::get);
      Trainer.fit(
          Job.of(network, golden.stage(recorder), golden.rows("train"), golden.rows("validation"))
              .with(history));
      Config result = golden.result();
      steps("running loss", recorder.means, result.get("means").numbers());
      steps(
          "learning rate",
          recorder.rates.stream().map(Float::doubleValue).toList(),
          result.get("rates").numbers());
      history(history, golden);
      golden.last().forEach((name, values) -> close(name, network.values(name), values));
    }
  }

  private static void steps(String what, List<Double> came, double[] expected) {
    assertThat(came).as(what).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(came.get(i))
          .as("%s of step %d", what, i)
          .isCloseTo(expected[i], within(tolerance(expected[i])));
    }
  }

  private static void history(History history, Golden golden) {
    Config expected = golden.result().get("history");
    int[] epochs = golden.result().get("epochs").integers();
    assertThat(history.epochs().stream().mapToInt(History.Epoch::epoch).toArray())
        .as("epochs")
        .isEqualTo(epochs);
    for (String key : expected.keys()) {
      String log = key.equals("lr") ? "learning_rate" : key;
      if (log.equals("learning_rate") && golden.config().flag("legacy", false)) {
        // Keras reports what decay starts from, Graft the rate of the last update.
        continue;
      }
      double[] values = expected.get(key).numbers();
      List<Double> came = history.values(log);
      assertThat(came).as(key).hasSize(values.length);
      for (int i = 0; i < values.length; i++) {
        assertThat(came.get(i))
            .as("%s of epoch %d", key, i)
            .isCloseTo(values[i], within(tolerance(values[i])));
      }
    }
  }

  private static void close(String what, float[] came, float[] expected) {
    assertThat(came).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < came.length; i++) {
      assertThat((double) came[i])
          .as("%s[%d]", what, i)
          .isCloseTo(expected[i], within(tolerance(expected[i])));
    }
  }

  private static double tolerance(double expected) {
    return TOLERANCE * Math.max(1, Math.abs(expected));
  }
}
