package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.error.SettingException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Keras a stage follows. */
class KerasWaysTest {
  private static final String LAYERS =
      """
      [{"BatchNormalization": {"momentum": 0.5}}, "Flatten",
       {"Dense": {"units": "classes", "activation": "softmax"}}]\
      """;

  @TempDir Path folder;

  private static String stage(String more) {
    return "[{\"epochs\": 1, \"batch_size\": 8, \"shuffle\": false, \"optimizer\": \"sgd\","
        + " \"loss\": \"sparse_categorical_crossentropy\", \"metrics\": [\"accuracy\"]"
        + more
        + "}]";
  }

  /** After three steps the moving variance tells the generations apart. */
  @Test
  void aStageFollowsTheKerasItNames() {
    Lab lab = new Lab(folder);
    float three = variance(lab, "");
    float two = variance(lab, ", \"keras\": 2");
    assertThat(variance(lab, ", \"keras\": 3")).isEqualTo(three);
    // Each step moves by a half, from 1, over 8 pictures of 6 × 6: n / (n − 1) is 288 / 287.
    double start = 1 / 8.0;
    assertThat((two - start) / (three - start)).isCloseTo(288 / 287.0, within(1e-5));
    assertThatThrownBy(() -> variance(lab, ", \"keras\": 4"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("stages[0]")
        .hasMessageContaining("expected 2 or 3");
  }

  private static float variance(Lab lab, String more) {
    return lab.run(lab.recipe(LAYERS, stage(more)))
        .weights()
        .get("batch_normalization/moving_variance")[0];
  }
}
