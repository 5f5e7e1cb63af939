package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong in training, as the command line says it: one line, exit code 2. */
class TrainingMistakesTest {
  private static final int ROWS = 12;

  @TempDir Path folder;

  @BeforeEach
  void data() {
    float[] x = new float[ROWS * 4];
    int[] y = new int[ROWS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    for (int i = 0; i < ROWS; i++) {
      y[i] = i % 3;
    }
    NpyWriter.save(folder.resolve("x.npy"), NpyArray.of(new long[] {ROWS, 4}, x));
    NpyWriter.save(folder.resolve("y.npy"), NpyArray.of(new long[] {ROWS}, y));
  }

  private Cli.Outcome train(String units, String stage) {
    String recipe =
        """
        {"graft": 1, "name": "mistakes", "model": {"layers": [
           {"Dense": {"name": "low", "units": 3, "activation": "relu"}},
           {"Dense": {"name": "top", "units": UNITS, "activation": "softmax"}}]},
         "data": {"train": {"npy": ["x.npy", "y.npy"]}},
         "stages": [{"loss": "sparse_categorical_crossentropy", "batch_size": 4, STAGE}],
         "export": []}
        """
            .replace("UNITS", units)
            .replace("STAGE", stage);
    try {
      Path file = Files.writeString(folder.resolve("recipe.json"), recipe);
      return Cli.graft(
          "train", file.toString(), "--threads", "1", "--out", folder.resolve("out").toString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void refused(Cli.Outcome outcome, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.error()).contains(parts);
    assertThat(outcome.err()).doesNotContain("\tat ");
  }

  @Test
  void aRateThatIsTooHigh() {
    refused(
        train("3", "\"epochs\": 3, \"optimizer\": {\"SGD\": {\"learning_rate\": 1e38}}"),
        "stage 'stage 1', epoch 1, step 2: the loss is not a finite number.",
        "went bad first",
        "Lower the learning rate");
  }

  @Test
  void labelsOutOfRange() {
    refused(
        train("2", "\"epochs\": 1, \"shuffle\": false"),
        "epoch 1, step 1: the label of",
        "is 2, but the network has 2 outputs, so labels go from 0 to 1");
  }

  @Test
  void labelsThatDoNotFitTheLoss() {
    NpyWriter.save(folder.resolve("y.npy"), NpyArray.of(new long[] {ROWS, 2}, new float[ROWS * 2]));
    refused(
        train("3", "\"epochs\": 1"),
        "output 'top' with the loss sparse_categorical_crossentropy: expected targets (None, 1)",
        "the examples have (None, 2)");
  }

  @Test
  void nothingToTrain() {
    refused(
        train("3", "\"epochs\": 1, \"freeze\": \"all\""),
        "stage 'stage 1': every layer is frozen, so there is nothing to train. Unfreeze some.");
  }

  @Test
  void aMonitorThatNobodyLogs() {
    refused(
        train(
            "3", "\"epochs\": 1, \"callbacks\": [{\"EarlyStopping\": {\"monitor\": \"val_acc\"}}]"),
        "nothing is logged as 'val_acc'.",
        "Logged are loss, learning_rate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Precision", "AUC", "F1Score", "categorical_crossentropy"})
  void aMetricThatWantsOtherTargets(String metric) {
    refused(
        train("3", "\"epochs\": 1, \"metrics\": [\"" + metric + "\"]"),
        "metric '" + metric + "' (",
        ") of output 'top': it expects targets (None, 3) for outputs (None, 3), the examples have"
            + " (None, 1).");
  }

  @ParameterizedTest
  @CsvSource({
    "optimizer, Muon, It treats matrices and other weights by different rules",
    "callbacks, SwapEMAWeights, Take the stage's ema",
    "metrics, MeanTensor, 'It takes values, not targets and outputs'"
  })
  void whatKerasHasAndGraftHasNot(String key, String name, String reason) {
    String value = key.equals("optimizer") ? "\"" + name + "\"" : "[\"" + name + "\"]";
    refused(train("3", "\"epochs\": 1, \"" + key + "\": " + value), "'" + name + "'. " + reason);
  }

  /** Keras takes all examples at once, too; Graft says so. */
  @Test
  void aBatchLargerThanTheData() {
    Cli.Outcome outcome = train("3", "\"epochs\": 1");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Cli.Outcome large =
        Cli.graft(
            "train",
            folder.resolve("recipe.json").toString(),
            "--set",
            "stages.0.batch_size=64",
            "--out",
            folder.resolve("large").toString());
    assertThat(large.code()).as(large.err()).isZero();
    assertThat(large.err())
        .contains("batch_size 64 is more than the 12 examples there are: an epoch is one step");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-0.5",
        "1e999",
        "{\"ExponentialDecay\": {\"initial_learning_rate\": -1, \"decay_steps\": 2,"
            + " \"decay_rate\": 0.5}}"
      })
  void aRateBelowZeroOrWithoutEndIsRefused(String rate) {
    refused(
        train("3", "\"optimizer\": {\"SGD\": {\"learning_rate\": " + rate + "}}"),
        "learning_rate: expected a finite number of at least 0, came ");
  }

  @Test
  void optionsNameThemselves() {
    String data = folder.toString();
    for (String rate : new String[] {"-1", "0", "NaN", "Infinity", "1e40"}) {
      refused(
          Cli.graft("train", "--data", data, "--trunk", "vgg16", "--lr", rate),
          "--lr: expected a finite number above 0, came " + rate + ".");
    }
    refused(
        Cli.graft("train", "--data", data, "--trunk", "vgg16", "--batch", "0"),
        "--batch: expected a whole number of at least 1, came 0.");
    String[] zero = {"train", "recipe.json", "--set", "stages.0.batch_size=0"};
    train("3", "\"epochs\": 1");
    zero[1] = folder.resolve("recipe.json").toString();
    refused(Cli.graft(zero), "stages[0].batch_size: expected a whole number of at least 1, came 0");
  }

  @Test
  void anOptimizerWhoseSettingsHaveNoNames() {
    refused(
        train("3", "\"optimizer\": {\"SGD\": 0.1}"),
        "stages[0].optimizer.SGD: expected settings by name, as in {\"units\": 5}, came 0.1.");
  }

  @Test
  void picturesTooSmallForAnApplication() throws IOException {
    NpyWriter.save(
        folder.resolve("x.npy"), NpyArray.of(new long[] {ROWS, 3, 3, 3}, new float[ROWS * 27]));
    Path recipe =
        Files.writeString(
            folder.resolve("small.json"),
            """
            {"graft": 1, "name": "small",
             "model": {"trunk": {"application": "vgg16", "weights": null, "input": [3, 3, 3]},
                       "head": ["Flatten", {"Dense": {"units": "classes"}}]},
             "data": {"train": {"npy": ["x.npy", "y.npy"]}},
             "stages": [{"loss": "sparse_categorical_crossentropy", "epochs": 1}]}
            """);
    refused(
        Cli.graft("train", recipe.toString(), "--out", folder.resolve("out").toString()),
        "model 'vgg16', layer 'block2_pool' (MaxPooling2D) on [(None, 1, 1, 128)]: the input of 1"
            + " is smaller than the window of 2. Give the network larger inputs.");
  }

  @Test
  void weightsForARecipeThatTakesNone() {
    refused(
        Cli.graft("train", "graphs/flowers-from-scratch.json", "--weights", "vgg16.h5"),
        "flowers-from-scratch.json: --weights: this recipe's trunk starts from scratch"
            + " (\"weights\": null). Leave --weights out, or make it another recipe with --set"
            + " model.trunk.weights=FILE.");
    for (String other : new String[] {"mnist-transfer", "inception-retrain"}) {
      refused(
          Cli.graft("train", "graphs/" + other + ".json", "--weights", "vgg16.h5"),
          "--weights is for a model with 'trunk' or 'load', and this recipe has neither. Leave it"
              + " out.");
    }
  }
}
