package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.train.History;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where TensorFlow fuses the ops of a frozen part, the numbers stay those of the ops, also with the
 * small epsilons of ConvNeXt and transformers.
 */
class RewrittenStepsTest {
  private static final String LAYERS =
      """
      [{"Conv2D": {"name": "low", "filters": 4, "kernel_size": 3, "activation": "relu"}},
       "GlobalAveragePooling2D", {"LayerNormalization": {"name": "norm", "epsilon": 1e-6}},
       {"Dense": {"units": "classes", "activation": "softmax"}}]
      """;

  @TempDir Path folder;

  /** One step an epoch: what is validated after it is what the next trains on. */
  @Test
  void validationHasTheLossOfTheNextStep() {
    History history = train("\"freeze\": \"low\", \"cache\": \"off\"", 3);
    for (int epoch = 0; epoch < 2; epoch++) {
      double next = history.values("loss").get(epoch + 1);
      assertThat(history.values("val_loss").get(epoch)).isCloseTo(next, within(1e-6 * next));
    }
  }

  @Test
  void aFrozenNormalisationGivesWhatATrainedOneGives() {
    double trained = train("\"cache\": \"off\"", 1).values("loss").get(0);
    for (String cache : new String[] {"off", "memory"}) {
      String stage = "\"freeze\": [\"low\", \"norm\"], \"cache\": \"" + cache + "\"";
      assertThat(train(stage, 1).values("loss").get(0))
          .as(cache)
          .isCloseTo(trained, within(1e-6 * trained));
    }
  }

  private History train(String stage, int epochs) {
    Lab lab = new Lab(folder);
    String stages =
        "[{\"loss\": \"sparse_categorical_crossentropy\", \"optimizer\": {\"SGD\": {"
            + "\"learning_rate\": 0.05}}, \"batch_size\": 24, \"epochs\": "
            + epochs
            + ", \"data\": {\"validation\": {\"npy\": [\"x.npy\", \"y.npy\"]}}, "
            + stage
            + "}]";
    return lab.run(lab.recipe(LAYERS, stages)).history();
  }
}
