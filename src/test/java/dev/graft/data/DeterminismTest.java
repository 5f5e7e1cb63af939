package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Order and augmentation are a function of seed and epoch alone, whatever the threads do. */
class DeterminismTest {
  private static final Path FILES = ImagesTest.GOLDENS.resolve("files");

  private static List<float[]> pass(int threads, String augment, long seed, int epoch) {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      for (String name :
          List.of("photo.jpg", "tiny.png", "gray.png", "palette.png", "turned.jpg")) {
        files.add(FILES.resolve(name));
      }
    }
    int[] index = new int[files.size()];
    Dataset data =
        Dataset.of(
            "photos", new Column.Pictures(files), new Target.Classes(index, 2), List.of("a", "b"));
    Preprocessing image = Preprocessing.none().sized(24, 24, Preprocessing.Color.RGB);
    Preparation how =
        new Preparation(
            image, Labels.CATEGORICAL, Augmentation.read(Config.parse(augment, "augment")));
    Settings settings = new Settings(threads, "cpu", Settings.Precision.FLOAT32);
    List<float[]> all = new ArrayList<>();
    try (Examples examples = data.prepare(how, settings);
        Batches batches = Batches.shuffled(examples, 3, seed, epoch)) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          all.add(Tensors.read(batch.inputs().get(0)));
        }
      }
    }
    return all;
  }

  @Test
  void threadsChangeNothing() {
    for (String augment :
        List.of(
            "{\"rotation_range\": 40, \"zoom_range\": 0.3, \"brightness_range\": [0.5, 1.5]}",
            "[{\"RandomRotation\": {\"factor\": 0.2}}, {\"RandomHue\": {\"factor\": 0.4}}]")) {
      List<float[]> one = pass(1, augment, 5, 2);
      List<float[]> many = pass(7, augment, 5, 2);
      assertThat(one).hasSize(7);
      for (int i = 0; i < one.size(); i++) {
        assertThat(many.get(i)).isEqualTo(one.get(i));
      }
      assertThat(pass(1, augment, 5, 3).get(0)).isNotEqualTo(one.get(0));
      assertThat(pass(1, augment, 6, 2).get(0)).isNotEqualTo(one.get(0));
    }
  }
}
