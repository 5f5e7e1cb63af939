package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SurenessTest {
  @Test
  void intervalsHoldTheFigureAndAreTheSameEveryTime() {
    RunReport.Outcome outcome =
        SampleRun.outcome("dense", SampleRun.classes(SampleRun.names(4), 200));
    Map<String, Sureness.Figure> figures = Sureness.of(outcome);
    assertThat(figures).containsOnlyKeys("accuracy", "mean F1").isEqualTo(Sureness.of(outcome));
    double f1 = EvaluationText.mean(outcome.evaluation().classes(), c -> 1, Evaluation.OfClass::f1);
    assertThat(figures.get("mean F1").value()).isCloseTo(f1, within(1e-12));
    figures.forEach(
        (name, figure) -> {
          assertThat(figure.from()).as(name).isLessThan(figure.value());
          assertThat(figure.to()).as(name).isGreaterThan(figure.value()).isLessThan(1);
          assertThat(figure.to() - figure.from()).as(name).isBetween(0.05, 0.2);
        });
  }

  @Test
  void theIntervalOfAMeanIsThatOfTheory() {
    // 1.96 standard errors to either side of the mean of |error| of 400 examples that are 0 or 1.
    float[] targets = new float[400];
    float[] values = new float[400];
    for (int i = 0; i < 200; i++) {
      values[i] = 1;
    }
    Predictions said = new Predictions(Predictions.Kind.NUMBERS, List.of("x"), targets, values);
    Sureness.Figure figure =
        Sureness.of(SampleRun.outcome("x", said)).get("mean absolute error of x");
    assertThat(figure.value()).isEqualTo(0.5);
    assertThat(figure.from()).isCloseTo(0.5 - 1.96 * 0.5 / 20, within(0.01));
    assertThat(figure.to()).isCloseTo(0.5 + 1.96 * 0.5 / 20, within(0.01));
  }
}
