package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.RealKeras;
import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run and Keras's callback in it write for TensorBoard, read by real TensorBoard. */
class RunEventsTest {
  private static final int ROWS = 16;

  @TempDir Path folder;

  private void train() throws Exception {
    float[] x = new float[ROWS * 4];
    int[] y = new int[ROWS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    for (int i = 0; i < ROWS; i++) {
      y[i] = i % 2;
    }
    NpyWriter.save(folder.resolve("x.npy"), NpyArray.of(new long[] {ROWS, 4}, x));
    NpyWriter.save(folder.resolve("y.npy"), NpyArray.of(new long[] {ROWS}, y));
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.json"),
            """
            {"graft": 1, "name": "events", "model": {"layers": [
               {"Dense": {"name": "low", "units": 3, "activation": "relu"}},
               {"Dense": {"name": "top", "units": 2, "activation": "softmax"}}]},
             "data": {"train": {"npy": ["x.npy", "y.npy"]}, "validation": {"split": 0.25}},
             "stages": [{"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
                         "batch_size": 4, "epochs": 2,
                         "callbacks": [{"TensorBoard": {"log_dir": "logs", "histogram_freq": 1,
                                                        "update_freq": 2}}]}],
             "export": []}
            """);
    Cli.Outcome outcome =
        Cli.graft("train", recipe.toString(), "--out", folder.resolve("out").toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  private Config read(String kind, Path logs, String wanted) throws Exception {
    String text = RealKeras.run("tools/readback/tensorboard_check.py", logs.toString(), wanted);
    String line = text.lines().filter(l -> l.startsWith(kind)).findFirst().orElseThrow();
    return Config.parse(line.substring(kind.length() + 1), kind);
  }

  @Test
  @Tag("python")
  void scalarsHistogramsAndGraphAreThere() throws Exception {
    train();
    Config shown = read("SHOWN", folder.resolve("out/logs"), "scalars,histograms,graphs");
    for (String tag :
        List.of("train/epoch_loss", "train/epoch_accuracy", "validation/epoch_loss")) {
      assertThat(shown.get("scalars").get(tag).items()).as(tag).hasSize(2);
    }
    // Three batches an epoch, every second of them.
    assertThat(shown.get("scalars").get("train/batch_loss").items()).hasSize(3);
    for (String weight : List.of("low/kernel", "low/bias", "top/kernel", "top/bias")) {
      Config histogram = shown.get("histograms").get("train/" + weight + "/histogram");
      assertThat(histogram.items()).as(weight).hasSize(2);
    }
    assertThat(shown.get("histograms").get("train/low/kernel/histogram").items().get(0).numbers())
        .containsExactly(0, 12);
    assertThat(shown.get("graphs").integer("train")).isGreaterThan(50);

    Config found = read("ACCUMULATED", folder.resolve("out"), "scalars");
    Config own = found.get("events/train").get("tensors");
    assertThat(own.get("epoch_loss").integers()).containsExactly(0, 1);
    assertThat(own.get("low/kernel/histogram").integers()).containsExactly(0, 1);
    assertThat(found.get("logs/train").integer("nodes"))
        .isEqualTo(shown.get("graphs").integer("train"));
  }
}
