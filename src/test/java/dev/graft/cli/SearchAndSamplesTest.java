package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.files.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft train --find-lr} and {@code graft predict --mc-samples}. */
class SearchAndSamplesTest {
  @TempDir Path folder;
  private Path recipe;

  @BeforeEach
  void recipe() throws IOException {
    Random random = new Random(1);
    float[] x = new float[24 * 32];
    int[] y = new int[24];
    for (int i = 0; i < x.length; i++) {
      y[i / 32] = i / 32 % 2;
      x[i] = (float) random.nextGaussian() + y[i / 32];
    }
    NpyWriter.save(folder.resolve("x.npy"), NpyArray.of(new long[] {24, 32}, x));
    NpyWriter.save(folder.resolve("y.npy"), NpyArray.of(new long[] {24}, y));
    recipe = folder.resolve("recipe.json");
    Files.writeString(
        recipe,
        """
        {"graft": 1, "name": "ways", "seed": 5,
         "model": {"layers": ["BatchNormalization", {"Dropout": {"rate": 0.4}},
           {"Dense": {"units": 2, "activation": "softmax"}}]},
         "data": {"train": {"npy": ["x.npy", "y.npy"]}},
         "stages": [{"epochs": 2, "batch_size": 8, "loss": "sparse_categorical_crossentropy",
           "optimizer": "sgd"}], "export": ["keras"]}""");
  }

  @Test
  void aSearchDrawsItsCurveAndTrainsNothing() throws IOException {
    Path out = folder.resolve("rates");
    Cli.Outcome outcome =
        Cli.graft(
            "train", recipe.toString(), "--find-lr", "--find-lr-from", "1e-4", "--find-lr-steps",
            "30", "--out", out.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("The loss").contains("learning_rate.svg");
    assertThat(Files.readAllLines(out.resolve("learning_rate.csv")).get(1)).startsWith("0.0001");
    assertThat(out.resolve("model.keras")).doesNotExist();
    Cli.Outcome wrong =
        Cli.graft("train", recipe.toString(), "--find-lr", "--find-lr-from", "100");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("expected two that grow, came 100.0 and 10.0");
  }

  @Test
  void samplesHaveTheMeanAndSpreadOfDropout() throws IOException {
    Path run = folder.resolve("run");
    assertThat(Cli.graft("train", recipe.toString(), "--out", run.toString()).code()).isZero();
    String x = folder.resolve("x.npy").toString();
    Path out = folder.resolve("said");
    Cli.Outcome outcome =
        Cli.graft("predict", run.toString(), x, "--mc-samples", "300", "--out", out.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    float[] mean = read(out.resolve("dense.npy"));
    float[] spread = read(out.resolve("dense_spread.npy"));
    Path plain = folder.resolve("plain.npy");
    Cli.graft("predict", run.toString(), x, "--out", plain.toString());
    float[] once = read(plain);
    for (int i = 0; i < mean.length; i += 2) {
      assertThat(mean[i] + mean[i + 1]).isCloseTo(1, within(1e-5f));
      assertThat(spread[i]).isCloseTo(spread[i + 1], within(1e-4f)).isGreaterThan(0.01f);
      assertThat(mean[i]).isCloseTo(once[i], within(0.2f));
    }
    String json = Cli.graft("predict", run.toString(), x, "--mc-samples", "300", "--json").out();
    Config first = Config.parse(json, "answer").items().get(0).get("predictions").items().get(0);
    int index = first.integer("index");
    assertThat(first.number("probability")).isCloseTo(mean[index], within(1e-6));
    assertThat(first.number("spread")).isCloseTo(spread[index], within(1e-6));
  }

  private static float[] read(Path file) {
    try (NpyFile npy = NpyFile.open(file)) {
      NpyArray array = npy.array();
      return array.floats();
    }
  }
}
