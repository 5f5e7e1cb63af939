package dev.graft.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.error.SettingException;
import dev.graft.files.NpyFile;
import dev.graft.keras.KerasFile;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.WeightStore;
import dev.graft.runtime.Settings;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
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

  private static void explain(String activation, Consumer<Explainer> then) {
    Path file = GOLDENS.resolve(activation + ".keras");
    Model model = KerasFile.open(file, Layers.standard()).model();
    try (WeightFile weights = WeightFile.open(file)) {
      WeightStore store =
          WeightMatch.of(model, weights, LoadOptions.strict()).store(WeightStore.of(Map.of()));
      try (Explainer explainer = Explainer.of(model, store, Settings.standard(), null)) {
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
        activation,
        explainer -> {
          Heat heat = explainer.gradCam(photo, index);
          assertThat(heat.height()).isEqualTo(6);
          assertThat(heat.width()).isEqualTo(5);
          equal(heat.values(), array(activation + "_cam"), 1e-4);
          float[] attributions = explainer.integratedGradients(photo, array("baseline"), index, 20);
          equal(attributions, array(activation + "_integrated"), 1e-5);
        });
  }

  @Test
  void aClassThatIsNotThereIsRefused() {
    explain(
        "sigmoid",
        explainer ->
            assertThatThrownBy(() -> explainer.gradCam(array("photo"), 2))
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
