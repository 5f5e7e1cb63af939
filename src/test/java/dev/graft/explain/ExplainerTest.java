package dev.graft.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.explain.Explainer.Score;
import dev.graft.explain.Explainer.Target;
import dev.graft.files.NpyFile;
import dev.graft.keras.KerasFile;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Spec;
import dev.graft.layers.WeightStore;
import dev.graft.model.Surgery;
import dev.graft.runtime.Settings;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Equal to the examples of keras.io, which tools/goldens/explain.py ran with real Keras. */
class ExplainerTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/explain");

  private static float[] array(String name) {
    try (NpyFile file = NpyFile.open(GOLDENS.resolve(name + ".npy"))) {
      return file.array().floats();
    }
  }

  private static void explain(String file, Consumer<Explainer> then) {
    explain(file, null, then);
  }

  private static void explain(String name, String layer, Consumer<Explainer> then) {
    Path file = GOLDENS.resolve(name);
    Model model = KerasFile.open(file, Layers.standard()).model();
    try (WeightFile weights = WeightFile.open(file)) {
      WeightStore store =
          WeightMatch.of(model, weights, LoadOptions.strict()).store(WeightStore.of(Map.of()));
      try (Explainer explainer = Explainer.of(model, store, Settings.standard(), layer)) {
        then.accept(explainer);
      }
    }
  }

  private static void equal(float[] got, float[] expected, double tolerance) {
    assertThat(got).hasSameSizeAs(expected);
    for (int i = 0; i < got.length; i++) {
      assertThat((double) got[i]).as("value %d", i).isCloseTo(expected[i], within(tolerance));
    }
  }

  @ParameterizedTest
  @CsvSource({"softmax,2", "sigmoid,0"})
  void bothEqualKeras(String activation, int index) {
    float[] photo = array("photo");
    explain(
        activation + ".keras",
        explainer -> {
          Heat heat = explainer.gradCam(photo, new Target(index, Score.LOGIT));
          assertThat(heat.height()).isEqualTo(6);
          assertThat(heat.width()).isEqualTo(5);
          equal(heat.values(), array(activation + "_cam"), 1e-4);
          float[] attributions =
              explainer.integratedGradients(
                  photo, array("baseline"), new Target(index, Score.LOGIT), 20);
          equal(attributions, array(activation + "_integrated"), 1e-5);
        });
  }

  /** A model around a trunk, as tools/goldens/explain.py builds it. */
  private static Model nested(Model trunk) {
    Layers layers = Layers.standard();
    return Surgery.sequential(
        "nested",
        new InputLayer(Spec.floats(-1, 24, 20, 3)),
        List.of(
            new Surgery.Named("trunk", new Nested(trunk)),
            new Surgery.Named(
                "mean",
                layers.read(
                    "GlobalAveragePooling2D", Config.parse("{\"keepdims\": true}", "mean"))),
            new Surgery.Named(
                "scores",
                layers.read(
                    "Conv2D", Config.parse("{\"filters\": 5, \"kernel_size\": [1, 1]}", "scores"))),
            new Surgery.Named("flat", layers.read("Flatten", Config.parse("{}", "flat"))),
            new Surgery.Named("last", layers.read("Softmax", Config.parse("{}", "last")))));
  }

  private static void explainNested(String layer, Consumer<Explainer> then) {
    Path file = GOLDENS.resolve("trunk.keras");
    Model trunk = KerasFile.open(file, Layers.standard()).model();
    Map<String, float[]> head =
        Map.of("scores/kernel", array("nested_kernel"), "scores/bias", array("nested_bias"));
    try (WeightFile weights = WeightFile.open(file)) {
      WeightStore inner =
          WeightMatch.of(trunk, weights, LoadOptions.strict()).store(WeightStore.of(Map.of()));
      WeightStore all =
          name ->
              name.startsWith("trunk/")
                  ? inner.values(name.substring("trunk/".length()))
                  : head.get(name);
      try (Explainer explainer = Explainer.of(nested(trunk), all, Settings.standard(), layer)) {
        then.accept(explainer);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      value = {"none", "last_relu", "trunk/last_relu"},
      nullValues = "none")
  void modelsInsideAreOpened(String layer) {
    float[] photo = array("photo");
    explainNested(
        layer,
        explainer -> {
          float[] scores = explainer.scores(photo, Score.PROBABILITY);
          equal(scores, array("nested_scores"), 1e-5);
          int index = IntStream.range(0, 5).reduce(0, (a, b) -> scores[b] > scores[a] ? b : a);
          Heat heat = explainer.gradCam(photo, new Target(index, Score.LOGIT));
          assertThat(heat.height()).isEqualTo(12);
          equal(heat.values(), array("nested_cam"), 1e-4);
          Target target = new Target(index, Score.PROBABILITY);
          equal(
              explainer.integratedGradients(photo, array("baseline"), target, 20),
              array("nested_integrated"),
              1e-5);
        });
  }

  @Test
  void aLayerWithoutMapsIsRefused() {
    assertThatThrownBy(() -> explainNested("flat", explainer -> {}))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(
            "layer 'flat': Grad-CAM needs maps with height and width, it gives");
    assertThatThrownBy(() -> explainNested("last_rleu", explainer -> {}))
        .hasMessageContaining("has no layer 'last_rleu'.");
  }

  @Test
  void aClassThatIsNotThereIsRefused() {
    explain(
        "sigmoid.keras",
        explainer ->
            assertThatThrownBy(() -> explainer.gradCam(array("photo"), new Target(2, Score.LOGIT)))
                .isInstanceOf(SettingException.class)
                .hasMessage("class 2: expected a class from 0 to 1."));
  }

  @Test
  void heatIsLaidOverThePhoto() {
    BufferedImage photo = new BufferedImage(40, 20, BufferedImage.TYPE_INT_RGB);
    Heat heat = new Heat(1, 2, new float[] {0, 1});
    BufferedImage picture = HeatPicture.over(photo, heat);
    assertThat(picture.getRGB(0, 0) & 0xFFFFFF).isZero();
    assertThat(picture.getRGB(39, 10) >> 16 & 0xFF).isGreaterThan(70);
    assertThat(Heat.of(new float[] {0, 0, 3, -1, 0, 0}, 1, 3).values()[1]).isEqualTo(1);
  }
}
