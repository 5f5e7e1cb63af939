package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Json;
import dev.graft.error.DataException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  private static final List<String> CLASSES = List.of("daisy", "rose", "tulip");

  /** True classes 0 0 0 1 1 2, said 0 0 1 1 0 1: figures below counted by hand. */
  private static Predictions flowers() {
    float[] p = {.8f, .1f, .1f, .9f, .1f, 0, .2f, .7f, .1f, 0, 1, 0, .5f, .4f, .1f, .3f, .4f, .3f};
    return Predictions.classes(CLASSES, new int[] {0, 0, 0, 1, 1, 2}, p);
  }

  @Test
  void classesAreCountedAsScikitLearnDoes() {
    Evaluation e = Evaluation.of(flowers(), Map.of("loss", 0.5));
    assertThat(e.confusion()).isDeepEqualTo(new long[][] {{2, 1, 0}, {1, 1, 0}, {0, 1, 0}});
    assertThat(e.metrics()).containsEntry("accuracy", 0.5).containsEntry("loss", 0.5);
    Evaluation.OfClass daisy = e.classes().get(0);
    assertThat(daisy.precision()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(daisy.recall()).isCloseTo(2 / 3.0, within(1e-12));
    Evaluation.OfClass rose = e.classes().get(1);
    assertThat(rose.precision()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(rose.recall()).isEqualTo(0.5);
    assertThat(rose.f1()).isCloseTo(0.4, within(1e-12));
    assertThat(e.classes().get(2)).isEqualTo(new Evaluation.OfClass("tulip", 0, 0, 0, 1));
  }

  @Test
  void jsonIsTheOneThatIsPromised() {
    Evaluation e =
        Evaluation.of(
            Predictions.binary(List.of("no", "yes"), new int[] {0, 1}, new float[] {.2f, .7f}),
            Map.of("loss", 0.25));
    assertThat(Json.compact(e.json()))
        .isEqualTo(
            "{\"loss\":0.25,\"accuracy\":1.0,\"classes\":["
                + "{\"class\":\"no\",\"precision\":1.0,\"recall\":1.0,\"f1\":1.0,\"support\":1},"
                + "{\"class\":\"yes\",\"precision\":1.0,\"recall\":1.0,\"f1\":1.0,\"support\":1}],"
                + "\"confusion\":[[1,0],[0,1]]}");
  }

  @Test
  void aHalfIsTheFirstClassAsInKeras() {
    Predictions said = Predictions.binary(List.of("no", "yes"), new int[] {0}, new float[] {0.5f});
    assertThat(said.predicted(0)).isZero();
    assertThat(said.said(0, 1)).isFalse();
  }

  @Test
  void labelsAreCountedEachOnItsOwn() {
    float[] targets = {1, 0, 1, 1, 0, 0};
    float[] values = {.9f, .8f, .2f, .6f, .1f, Float.NaN};
    Evaluation e =
        Evaluation.of(
            new Predictions(Predictions.Kind.LABELS, List.of("a", "b"), targets, values),
            Map.of("loss", 1.0));
    assertThat(e.classes().get(0)).isEqualTo(new Evaluation.OfClass("a", 1, 0.5, 2 / 3.0, 2));
    assertThat(e.classes().get(1)).isEqualTo(new Evaluation.OfClass("b", 0.5, 1, 2 / 3.0, 1));
    assertThat(e.json()).doesNotContainKey("confusion").containsKey("classes");
  }

  @Test
  void numbersHaveTheirOwnFigures() {
    Evaluation e =
        Evaluation.of(
            new Predictions(
                Predictions.Kind.NUMBERS,
                List.of("price", "same"),
                new float[] {1, 5, 2, 5, 3, 5},
                new float[] {2, 5, 2, 5, 2, 6}),
            Map.of("loss", 0.4));
    Evaluation.OfNumber price = e.numbers().get(0);
    assertThat(price.mae()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(price.rmse()).isCloseTo(Math.sqrt(2 / 3.0), within(1e-12));
    assertThat(price.bias()).isZero();
    assertThat(price.r2()).isZero();
    assertThat(e.numbers().get(1).r2()).isNaN();
    assertThat(Json.compact(e.json())).contains("\"output\":\"same\"").contains("\"r2\":null");
    assertThat(e.text()).contains("price").contains("0.8165");
  }

  @Test
  void textHasATableAndAMatrix() {
    assertThat(Evaluation.of(flowers(), Map.of("loss", 0.5)).text())
        .isEqualTo(
            """
            6 examples - loss: 0.5000 - accuracy: 0.5000

            class             precision  recall      f1  support
            daisy                0.6667  0.6667  0.6667        3
            rose                 0.3333  0.5000  0.4000        2
            tulip                0.0000  0.0000  0.0000        1
            mean of classes      0.3333  0.3889  0.3556        6
            mean of examples     0.4444  0.5000  0.4667        6

            is \\ taken for  0  1  2
            0 daisy         2  1  0
            1 rose          1  1  0
            2 tulip         0  1  0
            """);
  }

  @Test
  void noExamplesAndBadLabelsAreNoDefect() {
    Evaluation empty =
        Evaluation.of(
            Predictions.classes(CLASSES, new int[0], new float[0]), Map.of("loss", Double.NaN));
    assertThat(empty.metrics()).containsEntry("accuracy", 0.0);
    assertThat(empty.text()).contains("No example has any of these classes.");
    assertThatThrownBy(() -> Predictions.classes(CLASSES, new int[] {3}, new float[3]))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "predictions: expected a class from 0 to 2, came 3.0. Give the classes that the model"
                + " was trained with.");
    assertThatThrownBy(() -> Predictions.classes(CLASSES, new int[] {0}, new float[4]))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("expected 3 values an example, came 4 values and 1 answers");
  }
}
