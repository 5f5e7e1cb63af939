package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.keras.KerasWriter;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Applications;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft train --data}: a folder of photos, and a trunk by name or by file. */
class TrainCommandTest {
  @TempDir Path folder;

  private Path photos() throws IOException {
    Path photos = folder.resolve("photos");
    List<Color> colors = List.of(Color.RED, Color.BLUE);
    for (Color color : colors) {
      for (String part : List.of("train", "val")) {
        Path of =
            Files.createDirectories(photos.resolve(part).resolve("c" + colors.indexOf(color)));
        for (int i = 0; i < 6; i++) {
          BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
          for (int pixel = 0; pixel < 40 * 36; pixel++) {
            image.setRGB(pixel % 40, pixel / 40, color.getRGB());
          }
          image.setRGB(i, i, Color.WHITE.getRGB());
          ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
        }
      }
    }
    return photos;
  }

  /** VGG19 without its top, seeded, in Keras's layout of weights. */
  private Path vgg19() {
    Applications.Application vgg19 = Applications.named("vgg19", "test");
    Model model = Surgery.withInput(vgg19.headless(), Spec.floats(-1, 32, 32, 3));
    Path file = folder.resolve("vgg19_notop.h5");
    try (Network network = Network.forInference(model, Settings.standard())) {
      network.initialize(19);
      KerasWriter.weightsH5(file, model, network);
    }
    return file;
  }

  @Test
  void vgg19UpToItsSecondBlockIsFrozenThenFineTuned() throws IOException {
    Path run = folder.resolve("run");
    Cli.Outcome outcome =
        Cli.graft(
            "train",
            "--data",
            photos().toString(),
            "--trunk",
            "vgg19",
            "--weights",
            vgg19().toString(),
            "--until",
            "block2_pool",
            "--size",
            "32",
            "--head",
            "8",
            "--batch",
            "4",
            "--epochs",
            "2",
            "--lr",
            "0.001",
            "--fine-tune",
            "block2_*",
            "--fine-tune-epochs",
            "1",
            "--out",
            run.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<Config> epochs = Config.read(run.resolve("history.json")).items();
    assertThat(epochs)
        .extracting(e -> e.string("stage"))
        .containsExactly("head", "head", "fine-tune");
    Config summary = Config.parse(Cli.graft("summary", run.toString(), "--json").out(), "summary");
    long trunk =
        summary.get("layers").items().stream()
            .filter(layer -> layer.string("name").startsWith("block"))
            .mapToLong(layer -> layer.get("params").whole())
            .sum();
    assertThat(trunk).isEqualTo(260_160);
    assertThat(summary.get("layers").items())
        .filteredOn(layer -> layer.string("name").matches("block._conv."))
        .extracting(layer -> layer.flag("trainable", true))
        .containsExactly(false, false, true, true);
  }

  @Test
  void aTrunkFromAFileLosesItsClassifierAlone() throws IOException {
    Path first = folder.resolve("first");
    String photos = photos().toString();
    assertThat(
            Cli.graft(
                    "train",
                    "--data",
                    photos,
                    "--weights",
                    "weights/vgg16_block3_pool.h5",
                    "--until",
                    "block3_pool",
                    "--size",
                    "32",
                    "--head",
                    "8",
                    "--epochs",
                    "1",
                    "--out",
                    first.toString())
                .code())
        .isZero();
    Path second = folder.resolve("second");
    Cli.Outcome outcome =
        Cli.graft(
            "train",
            "--data",
            photos,
            "--trunk",
            first.resolve("model.keras").toString(),
            "--head",
            "4",
            "--pool",
            "avg",
            "--epochs",
            "1",
            "--out",
            second.toString());
    // What is left without the classifier is flat: what is pooled are the last maps before it.
    assertThat(outcome.code()).as(outcome.error()).isZero();
    assertThat(Files.readString(second.resolve("recipe.json"))).contains("block3_pool");
    second = folder.resolve("third");
    outcome =
        Cli.graft(
            "train",
            "--data",
            photos,
            "--trunk",
            first.resolve("model.keras").toString(),
            "--head",
            "4",
            "--epochs",
            "1",
            "--out",
            second.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Config summary = Config.parse(Cli.graft("summary", second.toString(), "--json").out(), "s");
    assertThat(summary.get("layers").items())
        .extracting(layer -> layer.string("name"))
        .endsWith("dropout", "flatten_1", "dense_1", "dropout_1", "dense_2");
  }
}
