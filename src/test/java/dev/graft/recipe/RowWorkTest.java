package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.data.Context;
import dev.graft.data.Dataset;
import dev.graft.data.Preparation;
import dev.graft.data.Preprocessing;
import dev.graft.data.Source;
import dev.graft.export.Note;
import dev.graft.fetch.Places;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows that do not depend on their company, from files and from bytes. */
class RowWorkTest {
  private static final Path FILES = Path.of("src/test/resources/goldens/images/files");
  private static final List<Path> PHOTOS =
      List.of(FILES.resolve("gray.png"), FILES.resolve("photo.jpg"), FILES.resolve("rgb.tif"));

  private static final Surroundings AROUND =
      new Surroundings(
          Places.standard(null, null, null, Map.of()),
          new Settings(1, "cpu", Settings.Precision.FLOAT32),
          Layers.standard(),
          Progress.NONE,
          () -> false);

  /** A matrix product of one row takes another way through TensorFlow than that of several. */
  private static LoadedModel model() {
    List<Surgery.Named> layers = new ArrayList<>();
    for (Config layer : Config.parse("[\"Flatten\", {\"Dense\": {\"units\": 64}}]", "x").items()) {
      Config.Named named = layer.named();
      layers.add(Surgery.Named.of(Layers.standard().read(named.className(), named.config())));
    }
    Model model = Surgery.sequential("flat", new InputLayer(Spec.floats(-1, 64, 64, 3)), layers);
    Note note = new Note(image(), List.of(), null, null);
    return new LoadedModel("flat", model, WeightPlan.initialise(), note, null);
  }

  private static Preprocessing image() {
    return Preprocessing.none().sized(64, 64, Preprocessing.Color.RGB);
  }

  private static Network network() {
    Network network = Network.forInference(model().model(), AROUND.settings());
    network.initialize(0);
    return network;
  }

  private static List<float[]> rows(Network network, List<Path> photos) {
    Dataset data =
        Source.pictures(
            photos, Context.training(Path.of("").toAbsolutePath(), AROUND.places(), Progress.NONE));
    List<float[]> rows = new ArrayList<>();
    new RowWork(network, data, new Preparation(image(), null), false, AROUND)
        .filled()
        .each((name, row) -> rows.add(row));
    return rows;
  }

  @Test
  void aPhotoAloneHasTheBitsItHasAmongOthers() {
    try (Network network = network()) {
      List<float[]> together = rows(network, PHOTOS);
      assertThat(together).hasSize(3);
      for (int i = 0; i < 3; i++) {
        assertThat(rows(network, PHOTOS.subList(i, i + 1)).get(0)).isEqualTo(together.get(i));
      }
    }
  }

  @Test
  void bytesInMemoryGiveTheRowsOfFiles() throws IOException {
    try (Network network = network();
        PhotoRows photos = new PhotoRows(network, model().note(), AROUND)) {
      List<float[]> together = rows(network, PHOTOS);
      for (int i = 0; i < 3; i++) {
        byte[] bytes = Files.readAllBytes(PHOTOS.get(i));
        PhotoRows.Outcome one = photos.of(List.of("photo"), List.of(bytes)).get(0);
        assertThat(one.values()).isEqualTo(together.get(i));
      }
    }
  }
}
