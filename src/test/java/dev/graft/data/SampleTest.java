package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.fetch.Places;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleTest {
  private static final Places NOWHERE = new Places(List.of(), List.of(), Path.of("."));

  private static Dataset read(Object source) {
    return Source.read(
        Config.of(source, "recipe.json: data.train"),
        Context.training(Path.of("."), NOWHERE, Progress.NONE));
  }

  @Test
  void readsTheSampleInTheJar() {
    Dataset train = read(Map.of("dataset", "fashion-mnist-sample"));
    assertThat(train.size()).isEqualTo(2000);
    assertThat(train.classes()).hasSize(10).startsWith("T-shirt/top").endsWith("Ankle boot");
    assertThat(train.label(0)).isEqualTo(9);
    assertThat(train.name(17)).isEqualTo("fashion-mnist-sample train row 17");
    assertThat(read(Map.of("dataset", "fashion-mnist-sample", "part", "test")).size())
        .isEqualTo(1000);
  }

  @Test
  void narrowsInTheOrderOfTheRecipe() {
    Dataset whole = read(Map.of("dataset", "fashion-mnist-sample"));
    Dataset part =
        read(
            Map.of(
                "dataset",
                "fashion-mnist-sample",
                "rows",
                List.of(500, 2000),
                "classes",
                List.of(6, "Sandal"),
                "skip",
                3,
                "take",
                200));
    assertThat(part.size()).isEqualTo(200);
    assertThat(part.classes()).containsExactly("Shirt", "Sandal");
    int seen = 0;
    for (int row = 500; part.size() > seen - 3; row++) {
      int label = whole.label(row);
      if (label == 5 || label == 6) {
        if (seen >= 3) {
          assertThat(part.name(seen - 3)).isEqualTo(whole.name(row));
          assertThat(part.label(seen - 3)).isEqualTo(label == 6 ? 0 : 1);
        }
        seen++;
      }
    }
  }

  @Test
  void makesBatchesForVgg() {
    Preprocessing image =
        Preprocessing.read(
            Config.of(
                Map.of("size", List.of(56, 56), "color", "rgb", "preprocess", "vgg16"), "image"),
            Preprocessing.none());
    Dataset data = read(Map.of("dataset", "fashion-mnist-sample", "take", 70));
    try (Examples examples =
            data.prepare(new Preparation(image, Labels.SPARSE), Settings.standard());
        Batches batches = Batches.shuffled(examples, 32, 1, 0)) {
      assertThat(examples.inputs().get(0).spec()).hasToString("(None, 56, 56, 3)");
      assertThat(examples.targets().get(0).spec()).hasToString("(None, 1)");
      int[] order = Batches.permutation(70, 1, 0);
      int at = 0;
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          assertThat(batch.inputs().get(0).shape().asArray())
              .containsExactly(batch.size(), 56, 56, 3);
          float[] labels = Tensors.read(batch.targets().get(0));
          for (int i = 0; i < batch.size(); i++) {
            assertThat(batch.rows()[i]).isEqualTo(order[at]);
            assertThat(labels[i]).isEqualTo(data.label(order[at++]));
          }
          float[] pixels = Tensors.read(batch.inputs().get(0));
          // A corner is black: BGR less ImageNet's mean.
          assertThat(pixels).startsWith(-103.939f, -116.779f, -123.68f);
        }
      }
      assertThat(at).isEqualTo(70);
    }
  }

  @Test
  void namesWhatIsWrong() {
    assertThatThrownBy(() -> read(Map.of("dataset", "fashion-mnst")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("no data set 'fashion-mnst'. Did you mean 'fashion-mnist'?");
    assertThatThrownBy(() -> read(Map.of("dataset", "mnist")))
        .hasMessageStartingWith(
            "data set 'mnist': neither mnist.npz nor train-images-idx3-ubyte.gz")
        .hasMessageContaining("Fetch it with: graft data fetch mnist")
        .hasMessageEndingWith("or name a folder that has it with --data.");
    assertThatThrownBy(() -> read(Map.of("take", 3)))
        .hasMessage(
            "recipe.json: data.train: expected exactly one of dataset, folder, csv, table, idx,"
                + " npy, npz, hdf5, came none.");
    assertThatThrownBy(() -> read(Map.of("dataset", "fashion-mnist-sample", "take", 3000)))
        .hasMessage(
            "fashion-mnist-sample train: rows [0, 3000] are out of range, it has 2000 examples.");
  }
}
