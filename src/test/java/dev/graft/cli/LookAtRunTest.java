package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.RealKeras;
import dev.graft.config.Config;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves to be looked at, and explanations of its model. */
class LookAtRunTest {
  @TempDir static Path folder;
  private static Path run;
  private static Path photo;

  @BeforeAll
  static void train() throws Exception {
    run = folder.resolve("run");
    Cli.Outcome outcome =
        Cli.graft(
            "train",
            "graphs/quickstart.json",
            "--set",
            "data.train.take=40",
            "--set",
            "data.validation.take=20",
            "--set",
            "stages.0.epochs=2",
            "--set",
            "data.test={\"dataset\": \"fashion-mnist-sample\", \"part\": \"test\", \"skip\": 20,"
                + " \"take\": 30}",
            "--set",
            "data.augment={\"horizontal_flip\": true}",
            "--set",
            "export=[\"h5\"]",
            "--out",
            run.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    BufferedImage image = new BufferedImage(90, 60, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 60; y++) {
      for (int x = 0; x < 90; x++) {
        image.setRGB(x, y, Color.HSBtoRGB(x / 90f, 0.7f, (y ^ x) % 60 / 60f));
      }
    }
    photo = folder.resolve("a photo.png");
    ImageIO.write(image, "png", photo.toFile());
  }

  private static Cli.Outcome explain(String out, String... more) {
    String[] all = new String[more.length + 5];
    String[] first = {
      "explain", run.toString(), photo.toString(), "--out", folder.resolve(out).toString()
    };
    System.arraycopy(first, 0, all, 0, 5);
    System.arraycopy(more, 0, all, 5, more.length);
    return Cli.graft(all);
  }

  @Test
  void aRunLeavesAPageCardsAndFigures() throws Exception {
    for (String file :
        new String[] {
          "report.html",
          "MODEL_CARD.md",
          "card.json",
          "figures/model.svg",
          "figures/curve-loss.png",
          "figures/outcome-0-confusion.svg",
          "figures/outcome-1-confusion.png",
          "events/projector_config.pbtxt",
        }) {
      assertThat(run.resolve(file)).as(file).isNotEmptyFile();
    }
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("training steps (head and what is not frozen)")
        .contains("waiting for data (decode, resize, augment)")
        .contains("vgg16_block3_pool.h5")
        .contains("<bdi>test</bdi> data</h2>")
        .contains("graft train " + run.resolve("recipe.json"))
        .contains("graft serve " + run);
    Config card = Config.read(run.resolve("card.json"));
    assertThat(card.get("data").string("train_sha256")).hasSize(64);
    assertThat(card.get("weights").string("licence")).contains("README.md");
    assertThat(card.get("intervals").keys()).contains("test_accuracy", "val_mean_F1");
    assertThat(card.strings("limits")).anyMatch(limit -> limit.contains("fewer than 20 examples"));
    assertThat(dev.graft.export.Card.read(run).intervals()).containsKey("test_accuracy");
  }

  @Test
  void aRunThatFailsHasItsPageAndTheReason() throws Exception {
    Path table = folder.resolve("table.csv");
    Files.writeString(table, "a,b\n1,2\n3,4\n5,6\n7,8\n");
    Path recipe = folder.resolve("bad.json");
    String text =
        "{'graft': 1, 'name': 'bad', 'model': {'layers': [{'Dense': {'units': 1}}]},"
            + " 'data': {'train': {'table': 'table.csv', 'label': 'b'}},"
            + " 'stages': [{'loss': 'mse', 'epochs': 9, 'batch_size': 2,"
            + " 'optimizer': {'SGD': {'learning_rate': 1e25}}}]}";
    Files.writeString(recipe, text.replace('\'', '"'));
    Path bad = folder.resolve("bad");
    Cli.Outcome outcome = Cli.graft("train", recipe.toString(), "--out", bad.toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(Files.readString(bad.resolve("report.html")))
        .contains("The run failed")
        .contains("It ended with: stage")
        .contains("the loss is not a finite number")
        .contains("--resume");
    assertThat(bad.resolve("card.json")).doesNotExist();
  }

  @Test
  @Tag("python")
  void realTensorBoardReadsTheEvents() throws Exception {
    String said =
        RealKeras.run("tools/readback/tensorboard_check.py", run.resolve("events").toString());
    String line = said.lines().filter(l -> l.startsWith("SHOWN ")).findFirst().orElseThrow();
    Config shown = Config.parse(line.substring("SHOWN ".length()), "shown");
    assertThat(shown.get("scalars").keys())
        .contains("train/epoch_loss", "validation/epoch_accuracy", "train/epoch_learning_rate");
    assertThat(shown.get("histograms").keys())
        .contains("train/dense/kernel/histogram")
        .doesNotContain("train/block1_conv1/kernel/histogram");
    assertThat(shown.get("images").keys())
        .contains("pictures/head/augmented batch", "evaluation/confusion of dense_1/test");
    assertThat(shown.get("graphs").get("train").whole()).isGreaterThan(100);
    assertThat(shown.get("projector").get(".").get("shape").integers()[0]).isEqualTo(20);
  }

  @Test
  void thePhotoKeepsItsSize() throws Exception {
    Cli.Outcome outcome = explain("size", "--json", "--class", "Bag");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Config one = Config.parse(outcome.out(), "out").items().get(0);
    assertThat(one.string("class")).isEqualTo("Bag");
    for (String method : new String[] {"grad_cam", "integrated_gradients"}) {
      BufferedImage picture = ImageIO.read(Path.of(one.string(method)).toFile());
      assertThat(picture.getWidth()).isEqualTo(90);
      assertThat(picture.getHeight()).isEqualTo(60);
    }
    // What 50 steps miss of the difference between the two probabilities.
    assertThat(Math.abs(one.number("completeness_gap"))).isLessThan(0.3);
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThat(explain("no", "--class", "Hat").error())
        .contains("--class Hat: there is no such class. Classes: T-shirt/top, Trouser");
    assertThat(explain("no", "--method", "lime").error())
        .contains("--method: expected grad-cam, integrated-gradients or both, came 'lime'.");
    assertThat(explain("no", "--layer", "dense").error())
        .contains("layer 'dense': Grad-CAM needs maps with height and width");
    assertThat(Cli.graft("explain", run.toString(), "none.jpg").error())
        .contains("none.jpg: no such file");
  }

  @Test
  @Tag("python")
  void theNumbersAreThoseOfRealKeras() throws Exception {
    assertThat(explain("numbers", "--npy").code()).isZero();
    try (var files = Files.list(folder.resolve("numbers"))) {
      assertThat(files).hasSize(4);
    }
    String said =
        RealKeras.run(
            "tools/readback/explain_check.py",
            run.resolve("model.h5").toString(),
            photo.toString(),
            folder.resolve("numbers").toString(),
            "a photo");
    Config result = Config.parse(said.substring(said.indexOf("RESULT ") + 7), "result");
    assertThat(result.number("grad_cam")).isLessThan(1e-3);
    assertThat(result.number("integrated")).isLessThan(1e-3);
  }
}
