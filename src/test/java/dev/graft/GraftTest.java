package dev.graft;

import static dev.graft.HeadLayer.batchNormalization;
import static dev.graft.HeadLayer.classes;
import static dev.graft.HeadLayer.dense;
import static dev.graft.HeadLayer.dropout;
import static dev.graft.HeadLayer.flatten;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.recipe.Predictor;
import dev.graft.recipe.RecipeFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way in from Java: load, cut, graft, freeze, train, predict. */
class GraftTest {
  private static final TrainingData SAMPLE =
      TrainingData.of(Map.of("dataset", "fashion-mnist-sample", "part", "train", "take", 64))
          .validation(Map.of("dataset", "fashion-mnist-sample", "part", "test", "take", 32))
          .image(Map.of("size", List.of(32, 32), "color", "rgb", "preprocess", "vgg16"));
  private static final TrainingStage HEAD =
      TrainingStage.named("head")
          .optimizer("Adam", 1e-3)
          .loss("sparse_categorical_crossentropy")
          .metrics("accuracy")
          .epochs(2)
          .batchSize(16);

  private final Graft graft = Graft.standard();
  @TempDir Path folder;

  private KerasModel trunk() {
    return graft
        .application("vgg16")
        .weights(Path.of("weights/vgg16_block3_pool.h5"))
        .input(32, 32)
        .cut("block3_pool");
  }

  @Test
  void anApplicationGetsAHeadThenIsFineTuned() {
    Path run = folder.resolve("first");
    KerasModel model =
        trunk()
            .head(
                batchNormalization(), flatten(), dense(8, "relu"), dropout(0.3), classes("softmax"))
            .freeze("trunk");
    TrainingStage fine =
        TrainingStage.named("fine").unfreeze("block3_*").optimizer("SGD", 1e-4).epochs(1);
    try (Run done = graft.train(model, SAMPLE, run, HEAD, fine)) {
      assertThat(done.history().values("val_accuracy")).hasSize(3);
      assertThat(done.network().model().layer("block2_conv1").trainable()).isFalse();
      assertThat(done.network().model().layer("block3_conv1").trainable()).isTrue();
      assertThat(done.folder()).isEqualTo(run);
    }
    try (Run again = graft.train(RecipeFile.read(run.resolve("recipe.json")), folder.resolve("b"));
        Predictor first = graft.open(run.toString())) {
      // The recipe in the run folder says all that Java said.
      assertThat(again.history().values("val_accuracy")).hasSize(3);
      float[] x = new float[2 * 32 * 32 * 3];
      Arrays.fill(x, 0.5f);
      NpyArray y =
          first
              .arrays(Map.of("x", NpyArray.of(new long[] {2, 32, 32, 3}, x)))
              .values()
              .iterator()
              .next();
      assertThat(y.shape()).containsExactly(2, 10);
    }
  }

  @Test
  void aFileOfKerasGetsAnotherHead() {
    Path file = folder.resolve("first/model.h5");
    KerasModel model = trunk().head(flatten(), classes("softmax")).freeze("trunk");
    graft.train(model, SAMPLE, folder.resolve("first"), HEAD.epochs(1)).close();
    KerasModel second = graft.load(file).cut("-2").head(dense(4, "selu"), classes("softmax"));
    assertThat(second.summary().rows()).extracting(row -> row.name()).endsWith("flatten");
    try (Run run = graft.train(second, SAMPLE, folder.resolve("second"), HEAD.freeze("trunk"))) {
      assertThat(run.network().model().variables())
          .filteredOn(v -> v.trainable())
          .extracting(v -> v.name())
          .containsExactly("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias");
    }
  }

  @Test
  void whatCannotBeIsRefusedAtOnce() {
    assertThatThrownBy(() -> trunk().cut("block9"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("block9");
    assertThatThrownBy(() -> trunk().head(flatten()).cut("block1_pool"))
        .hasMessage("cut: the head is on already. Cut before you put it on.");
    assertThatThrownBy(() -> graft.application("vgg61"))
        .hasMessageContaining("Did you mean 'vgg16'?");
    assertThatThrownBy(
            () -> graft.train(trunk(), SAMPLE, folder.resolve("x"), HEAD.with("epoch", 3)))
        .hasMessageContaining("'epoch' is not known here");
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
