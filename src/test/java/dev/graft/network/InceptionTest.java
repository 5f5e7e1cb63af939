package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.RealKeras;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.model.Surgery;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TString;

/** A whole Inception v3, frozen by TensorFlow, gives the bottlenecks that TensorFlow gives. */
@Tag("python")
class InceptionTest {
  private static final Path PHOTOS = Path.of("src/test/resources/goldens/frozen/photos");

  @TempDir Path folder;

  @Test
  void bottlenecksAreTensorFlows() throws IOException, InterruptedException {
    Path graph = folder.resolve("inception.pb");
    RealKeras.run("tools/twins/inception_graph.py", "--out", graph.toString());
    Path kept = folder.resolve("bottlenecks");
    RealKeras.run(
        "tools/twins/retrain.py",
        "--data",
        PHOTOS.toString(),
        "--graph",
        graph.toString(),
        "--bottlenecks",
        kept.toString(),
        "--steps",
        "1",
        "--out",
        folder.resolve("twin").toString());
    FrozenLayer trunk = FrozenLayer.read(graph, "DecodeJpeg/contents", "pool_3/_reshape");
    Model model =
        Surgery.sequential(
            "inception", new InputLayer(trunk.input()), List.of(new Surgery.Named("trunk", trunk)));
    List<Path> texts;
    try (Stream<Path> all = Files.list(kept)) {
      texts = all.sorted().toList();
    }
    assertThat(texts).hasSizeGreaterThan(10);
    try (Network network = Network.forInference(model, Settings.standard())) {
      for (Path text : texts.subList(0, 6)) {
        String[] parts = text.getFileName().toString().replace(".txt", "").split("-", 2);
        byte[] photo = Files.readAllBytes(PHOTOS.resolve(parts[0]).resolve(parts[1]));
        float[] given;
        try (Tensor file = TString.tensorOfBytes(Shape.of(1), DataBuffers.ofObjects(photo));
            Result result = network.run(network.inference(), List.of(file))) {
          given = Tensors.read(result.get(0));
        }
        double[] expected =
            Arrays.stream(Files.readString(text).split(",", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(given).hasSize(2048).hasSameSizeAs(expected);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < given.length; i++) {
          assertThat((double) given[i]).isCloseTo(expected[i], Offset.offset(1e-4 * largest));
        }
      }
    }
  }
}
