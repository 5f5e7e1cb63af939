package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Context;
import dev.graft.data.Examples;
import dev.graft.data.Preparation;
import dev.graft.data.Preprocessing;
import dev.graft.data.Source;
import dev.graft.fetch.Places;
import dev.graft.files.NpyFile;
import dev.graft.keras.LoadOptions;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Applications;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;

/** From photo files to VGG16's last convolution, with the real weights: what tf_keras gives. */
@Tag("shared")
class RealPhotosTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/vgg-photos");
  private static final Path WEIGHTS = Path.of("../shared/weights/vgg16_imagenet_notop.h5");
  private static final Path PHOTOS = Path.of("../shared/data/imagenet-photos");
  private static final int SIZE = 48;

  private final Surroundings around =
      new Surroundings(
          Places.standard(null, null, null, Map.of()),
          Settings.standard(),
          Layers.standard(),
          Progress.NONE,
          () -> false);

  @Test
  void theLastConvolutionIsKerass() throws IOException {
    assumeTrue(Files.exists(WEIGHTS), WEIGHTS + " is not here");
    List<Path> photos =
        Files.readAllLines(GOLDENS.resolve("photos.txt")).stream().map(PHOTOS::resolve).toList();
    float[] expected;
    try (NpyFile golden = NpyFile.open(GOLDENS.resolve("block5_conv3.npy"))) {
      expected = golden.array().floats();
    }
    float[] came = new float[expected.length];
    Applications.Application vgg16 = Applications.named("vgg16", "test");
    Model whole = vgg16.whole(1000);
    Model cut =
        Surgery.withInput(Surgery.cut(whole, "block5_conv3"), Spec.floats(-1, SIZE, SIZE, 3));
    Config image =
        Config.parse(
            "{\"size\": [48, 48], \"resize\": \"pillow\", \"interpolation\": \"nearest\"}",
            "image");
    Preprocessing how = Preprocessing.read(image, Notes.of(vgg16).image());
    try (Network network = Network.forInference(cut, around.settings());
        Examples examples =
            Source.pictures(photos, Context.training(Path.of(""), around.places(), Progress.NONE))
                .prepare(new Preparation(how, null), around.settings());
        Batches batches = Batches.inOrder(examples, photos.size())) {
      new WeightPlan(WEIGHTS, LoadOptions.strict().cutFrom(whole)).into(network, 0);
      try (Batch batch = batches.next();
          Result result = network.run(network.inference(), batch.inputs())) {
        float[] rows = Tensors.read(result.get(0));
        int width = rows.length / batch.size();
        for (int i = 0; i < batch.size(); i++) {
          System.arraycopy(rows, i * width, came, batch.rows()[i] * width, width);
        }
      }
    }
    double largest = 0;
    double apart = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      apart = Math.max(apart, Math.abs(expected[i] - came[i]));
    }
    assertThat(apart / largest).isLessThan(1e-5);
  }
}
