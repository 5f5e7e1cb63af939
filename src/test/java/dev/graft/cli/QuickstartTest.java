package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.export.Answer;
import dev.graft.export.ServedModel;
import dev.graft.files.AtomicFiles;
import dev.graft.runtime.Settings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, and what is done with its result. */
class QuickstartTest {
  @TempDir static Path folder;
  private static Path run;

  @BeforeAll
  static void train() {
    run = folder.resolve("run");
    Cli.Outcome outcome =
        Cli.graft("train", "graphs/quickstart.json", "--out", run.toString(), "--seed", "7");
    assertThat(outcome.err()).contains("epoch 10/10");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("Results: " + run).contains("graft predict " + run);
  }

  @Test
  void reachesTheAccuracyThatKerasReaches() {
    List<Config> epochs = Config.read(run.resolve("history.json")).items();
    assertThat(epochs).hasSize(10);
    double best = epochs.stream().mapToDouble(e -> e.number("val_accuracy")).max().orElseThrow();
    assertThat(best).isGreaterThanOrEqualTo(0.88);
    assertThat(epochs.get(0).number("learning_rate")).isEqualTo(0.001);
    assertThat(epochs.get(0).string("stage")).isEqualTo("head");
  }

  @Test
  void writesEverythingThatARunFolderHas() {
    for (String name :
        List.of(
            "recipe.json",
            "model.keras",
            "model.h5",
            "saved_model/1/saved_model.pb",
            "classes.txt",
            "history.json",
            "history.csv",
            "report.html",
            "card.json",
            "checkpoints/checkpoint")) {
      assertThat(run.resolve(name)).isNotEmptyFile();
    }
    Config card = Config.read(run.resolve("card.json"));
    assertThat(card.integer("seed")).isEqualTo(7);
    assertThat(card.get("files").keys()).contains("model.keras", "saved_model/1/saved_model.pb");
  }

  @Test
  void evaluatesFromTheRunFolderToTheLastEpochsFigures() {
    Cli.Outcome outcome =
        Cli.graft("evaluate", run.toString(), "--data", "fashion-mnist-sample", "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Config json = Config.parse(outcome.out(), "evaluate");
    List<Config> epochs = Config.read(run.resolve("history.json")).items();
    Config last = epochs.get(epochs.size() - 1);
    assertThat(json.number("accuracy")).isEqualTo(last.number("val_accuracy"));
    assertThat(json.number("loss"))
        .isCloseTo(last.number("val_loss"), org.assertj.core.data.Offset.offset(1e-5));
    assertThat(json.get("classes").items()).hasSize(10);
    assertThat(json.get("confusion").items()).hasSize(10);
  }

  @Test
  void theSavedModelSaysWhatPredictSays() throws IOException {
    Path picture = picture();
    Cli.Outcome outcome = Cli.graft("predict", run.toString(), picture.toString(), "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<Config> guesses =
        Config.parse(outcome.out(), "predict").items().get(0).get("predictions").items();
    assertThat(guesses).hasSize(10);
    try (ServedModel served = ServedModel.open(run.resolve("saved_model"), Settings.standard());
        Answer answer = served.classify(List.of(Files.readAllBytes(picture)))) {
      float[] probabilities = answer.floats("probabilities");
      List<String> classes = answer.strings("classes");
      for (Config guess : guesses) {
        int index = guess.integer("index");
        assertThat(classes.get(index)).isEqualTo(guess.string("class"));
        assertThat((double) probabilities[index])
            .isCloseTo(guess.number("probability"), org.assertj.core.data.Offset.offset(1e-5));
      }
    }
  }

  @Test
  void theRecipeInTheRunFolderRunsAgain() {
    Cli.Outcome outcome = again("again");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(folder.resolve("again/history.json")).isNotEmptyFile();
    assertThat(folder.resolve("again/saved_model")).doesNotExist();
  }

  @Test
  void resumesWhatHadWrittenNoCheckpoint() throws IOException {
    Path begun = folder.resolve("begun");
    assertThat(again("begun").code()).isZero();
    AtomicFiles.delete(begun.resolve("checkpoints"));
    Cli.Outcome outcome = again("begun", "--resume");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("epoch 1/1").containsOnlyOnce("tensors loaded");
  }

  @Test
  void refusesAFolderThatIsNotEmpty() {
    Cli.Outcome outcome = Cli.graft("train", "graphs/quickstart.json", "--out", run.toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error())
        .isEqualTo(
            "graft: --out "
                + run
                + ": the folder is not empty. Choose another, or add --resume or --overwrite.");
  }

  @Test
  void resumesOnlyTheSameRecipe() {
    Cli.Outcome outcome =
        Cli.graft(
            "train", "graphs/quickstart.json", "--seed", "8", "--resume", "--out", run.toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error()).contains("is another recipe than this one");
  }

  /** A little of what the recipe in the run folder says. */
  private static Cli.Outcome again(String name, String... more) {
    String[] little = {
      "train",
      run.resolve("recipe.json").toString(),
      "--set",
      "stages.0.epochs=1",
      "--set",
      "data.train.take=64",
      "--set",
      "data.validation.take=32",
      "--set",
      "export=[]",
      "--out",
      folder.resolve(name).toString()
    };
    return Cli.graft(Stream.concat(Stream.of(little), Stream.of(more)).toArray(String[]::new));
  }

  private static Path picture() throws IOException {
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int i = 0; i < 1200; i++) {
      image.setRGB(i % 40, i / 40, random.nextInt(1 << 24));
    }
    Path file = folder.resolve("picture.png");
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
