package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.Graft;
import dev.graft.Run;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.keras.KerasWriter;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A network with two outputs, whose losses are given in every way that Keras's compile takes. */
class SeveralOutputsTest {
  @TempDir Path folder;

  private Run train(String loss) throws IOException {
    Net net = new Net("two");
    Ref in = net.input("x", -1, 3);
    Model model =
        net.model(
            net.layer("kind", "Dense", Map.of("units", 2, "activation", "softmax"), in),
            net.layer("size", "Dense", Map.of("units", 1, "activation", "linear"), in));
    Map<String, Integer> sizes =
        Map.of("kind/kernel", 6, "kind/bias", 2, "size/kernel", 3, "size/bias", 1);
    KerasWriter.keras(
        folder.resolve("two.keras"),
        KerasWriter.Contents.of(model, name -> new float[sizes.get(name)]));
    float[] x = new float[24];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 5;
    }
    NpyWriter.save(folder.resolve("x.npy"), NpyArray.of(new long[] {8, 3}, x));
    NpyWriter.save(
        folder.resolve("kind.npy"), NpyArray.of(new long[] {8}, 0L, 1L, 0L, 1L, 0L, 1L, 0L, 1L));
    float[] size = {2, 2, 2, 2, 2, 2, 2, 2};
    NpyWriter.save(folder.resolve("size.npy"), NpyArray.of(new long[] {8, 1}, size));
    Path recipe = folder.resolve("recipe.json");
    Files.writeString(
        recipe,
        """
        {"graft": 1, "name": "two", "model": {"load": "two.keras"},
         "data": {"train": {"npy": ["x.npy", {"kind": "kind.npy", "size": "size.npy"}]}},
         "stages": [{"loss": %s, "optimizer": {"SGD": {"learning_rate": 0}}, "epochs": 1}],
         "export": ["keras"]}
        """
            .formatted(loss));
    return Graft.standard().train(RecipeFile.read(recipe), folder.resolve("run"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"kind\": \"sparse_categorical_crossentropy\", \"size\": \"mse\"}",
        "{\"size\": \"mse\", \"kind\": {\"SparseCategoricalCrossentropy\": {}}}",
        "[\"sparse_categorical_crossentropy\", {\"class_name\": \"MeanSquaredError\", \"config\":"
            + " {}}]"
      })
  void lossesGoByOutput(String loss) throws IOException {
    try (Run run = train(loss)) {
      assertThat(run.history().values("kind_loss").get(0)).isCloseTo(Math.log(2), within(1e-6));
      assertThat(run.history().values("size_loss").get(0)).isCloseTo(4, within(1e-6));
    }
  }

  @Test
  void oneLossHoldsForAll() {
    assertThatThrownBy(() -> train("{\"MeanSquaredError\": {}}").close())
        .hasMessageContaining("output 'kind' with the loss mean_squared_error: expected targets");
  }
}
