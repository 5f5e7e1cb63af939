package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.Graft;
import dev.graft.Run;
import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages with data of their own. */
class StageDataTest {
  private static final String RECIPE =
      """
      {"graft": 1, "name": "two-parts", "seed": 3,
       "model": {"layers": ["Flatten", {"Dense": {"units": 16, "activation": "relu"}},
          {"Dropout": {"rate": 0.25}}, {"Dense": {"units": "classes", "activation": "softmax"}}]},
       "data": {
         "train": {"dataset": "fashion-mnist-sample", "part": "train", "classes": [0, 1, 2]},
         "validation": {"dataset": "fashion-mnist-sample", "part": "test", "classes": [0, 1, 2]},
         "test": {"dataset": "fashion-mnist-sample", "part": "test", "classes": [0, 1, 2]},
         "image": {"size": [28, 28], "color": "grayscale", "rescale": "1/255"}},
       "stages": [
         {"name": "first", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
          "optimizer": "adam", "epochs": 2},
         {"name": "second", "epochs": 15, "optimizer": {"Adam": {"learning_rate": 0.02}},
          "freeze": {"first": 2},
          "data": {
            "train": {"dataset": "fashion-mnist-sample", "part": "train", "classes": [7, 8, 9]},
            "test": {"dataset": "fashion-mnist-sample", "part": "test", "classes": [7, 8, 9]}}},
         {"name": "third", "epochs": 1, "loss": "categorical_crossentropy"}],
       "export": ["h5"]}
      """;

  @TempDir Path folder;

  private RecipeFile recipe(String text) throws IOException {
    Path file = folder.resolve("recipe.json");
    Files.writeString(file, text);
    return RecipeFile.read(file);
  }

  @Test
  void eachStageLearnsFromItsOwnAndIsTestedOnIt() throws IOException {
    List<String> said = new ArrayList<>();
    Graft graft =
        Graft.standard()
            .with(
                (Progress)
                    event -> {
                      if (event instanceof Progress.Message message) {
                        said.add(message.text());
                      }
                    });
    Path out = folder.resolve("run");
    try (Run run = graft.train(recipe(RECIPE), out)) {
      assertThat(run.test().get("test_accuracy")).isGreaterThan(0.6);
      // The second stage's data has no validation, and the third goes on with it.
      assertThat(run.history().values("val_accuracy")).hasSize(2);
      assertThat(run.history().epochs()).hasSize(18);
    }
    assertThat(Files.readAllLines(out.resolve("classes.txt")))
        .containsExactly("Sneaker", "Bag", "Ankle boot");
    assertThat(said)
        .contains("stage 'first': 12,611 of 12,611 parameters trained")
        .contains("stage 'second': 51 of 12,611 parameters trained");
    assertThat(said.stream().filter(line -> line.startsWith("x_train shape: ("))).hasSize(3);
    assertThat(said.stream().filter(line -> line.startsWith("Training time: 0:00:"))).hasSize(3);
    List<Config> stages = Config.read(out.resolve("card.json")).get("stages").items();
    assertThat(stages.get(0).get("test").number("test_accuracy")).isGreaterThan(0.8);
    assertThat(stages.get(2).get("test").number("test_accuracy")).isGreaterThan(0.6);
  }

  @Test
  void theResolvedRecipeSaysTheSame() throws IOException {
    Graft graft = Graft.standard();
    List<Double> losses;
    try (Run run = graft.train(recipe(RECIPE), folder.resolve("a"))) {
      losses = run.history().values("loss");
    }
    try (Run run =
        graft.train(
            RecipeFile.read(folder.resolve("a").resolve("recipe.json")), folder.resolve("b"))) {
      assertThat(run.history().values("loss")).isEqualTo(losses);
    }
  }

  @Test
  void keysAreCheckedInEveryStagesData() throws IOException {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "\"classes\": [7, 8, 9]}}}", "\"classes\": [7, 8, 9], \"tak\": 9}}}",
                "\"color\": \"grayscale\"", "\"colour\": \"grayscale\"",
                "\"train\", \"classes\": [0, 1, 2]",
                    "\"train\", \"skp\": 1, \"classes\": [0, 1, 2]")
            .entrySet()) {
      assertThat(RECIPE).contains(wrong.getKey());
      RecipeFile file = recipe(RECIPE.replace(wrong.getKey(), wrong.getValue()));
      assertThatThrownBy(() -> Graft.standard().train(file, folder.resolve("run")))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("recipe.json");
    }
  }

  @Test
  void aStageWithOtherClassesThanItsNetworkIsRefused() throws IOException {
    RecipeFile file = recipe(RECIPE.replace("[7, 8, 9]", "[6, 7, 8, 9]"));
    assertThatThrownBy(() -> Graft.standard().train(file, folder.resolve("run")))
        .hasMessageContaining("has 4 classes, the stage before had 3");
  }
}
