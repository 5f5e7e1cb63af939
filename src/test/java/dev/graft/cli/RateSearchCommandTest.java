package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft train --find-lr}. */
class RateSearchCommandTest {
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
           "optimizer": "sgd"}], "export": ["keras"]}\
        """);
  }

  @Test
  void aSearchDrawsItsCurveAndTrainsNothing() throws IOException {
    Path out = folder.resolve("rates");
    Cli.Outcome outcome =
        Cli.graft(
            "train",
            recipe.toString(),
            "--find-lr",
            "--find-lr-from",
            "1e-4",
            "--find-lr-steps",
            "30",
            "--out",
            out.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("The loss").contains("learning_rate.svg");
    assertThat(Files.readAllLines(out.resolve("learning_rate.csv")).get(1)).startsWith("0.0001");
    assertThat(out.resolve("model.keras")).doesNotExist();
    Cli.Outcome wrong = Cli.graft("train", recipe.toString(), "--find-lr", "--find-lr-from", "100");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("expected two that grow, came 100.0 and 10.0");
  }
}
