package dev.graft.advise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Probes on made features, and what follows from figures. */
class AdvisorTest {
  private static final int ROWS = 200;
  private static final int CLASSES = 4;

  private static int[] labels() {
    int[] labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = i % CLASSES;
    }
    return labels;
  }

  /** Noise in which {@code signal} of a direction for each class stands. */
  private static float[][] features(double signal, int width) {
    Random random = new Random(3);
    float[][] rows = new float[ROWS][width];
    for (int i = 0; i < ROWS; i++) {
      for (int k = 0; k < width; k++) {
        rows[i][k] = (float) (random.nextGaussian() + (k % CLASSES == i % CLASSES ? signal : 0));
      }
    }
    return rows;
  }

  @Test
  void aProbeTellsSignalFromNoise() {
    Probe probe = new Probe(labels(), CLASSES, 1);
    assertThat(probe.accuracy(features(1, 40))).isGreaterThan(0.9);
    assertThat(probe.accuracy(features(0.3, 40))).isBetween(0.4, 0.9);
    // More features than examples: a classifier that saw them all would know them by heart.
    assertThat(probe.accuracy(features(0, 1000))).isBetween(0.1, 0.4);
  }

  @Test
  void constantFeaturesAreNoHelpAndNoHarm() {
    Probe probe = new Probe(labels(), CLASSES, 1);
    assertThat(probe.accuracy(new float[ROWS][5])).isLessThanOrEqualTo(0.26);
  }

  private static Measurement at(String layer, double accuracy) {
    return new Measurement(layer, 0, 100, accuracy, 0.02);
  }

  private static Advice advice(int examples, double... accuracies) {
    String[] names = {Measurement.PIXELS, "block1", "block3", "block5"};
    Measurement[] probes = new Measurement[accuracies.length];
    for (int i = 0; i < accuracies.length; i++) {
      probes[i] = at(names[i], accuracies[i]);
    }
    return new Advice(new Advice.Amount(examples, 10, examples / 10, 400, 0.1), List.of(probes));
  }

  @Test
  void theFourScenariosFollowFromAmountAndLikeness() {
    assertThat(advice(500, .3, .4, .7, .8).scenario()).isEqualTo(Scenario.EXTRACTOR);
    assertThat(advice(50_000, .3, .4, .7, .8).scenario()).isEqualTo(Scenario.FINE_TUNE);
    assertThat(advice(500, .3, .4, .8, .6).scenario()).isEqualTo(Scenario.TRUNCATED);
    assertThat(advice(50_000, .3, .4, .8, .6).scenario()).isEqualTo(Scenario.TRAIN_ALL);
    assertThat(advice(500, .12, .1, .11, .14).scenario()).isEqualTo(Scenario.NONE);
  }

  @Test
  void bothReadingsAreShownAndWhatTheFiguresFavour() {
    Advice pretrained = advice(50_000, .5, .6, .8, .6);
    assertThat(pretrained.text())
        .contains("Two readings")
        .contains("favour the pretrained weights");
    Advice scratch = advice(50_000, .8, .6, .8, .6);
    assertThat(scratch.text()).contains("favour starting from scratch");
    assertThat(scratch.json()).containsEntry("pretrained_helps", false);
    assertThat(scratch.json()).containsEntry("scenario", "train-all");
    assertThat(Map.copyOf(scratch.probes().get(0).json())).containsEntry("layer", "pixels");
  }
}
