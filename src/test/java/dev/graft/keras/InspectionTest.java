package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.layers.Layers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/layouts");

  @TempDir Path folder;

  @Test
  void aWholeModelIsDescribed() {
    Inspection seen = Inspection.of(FOLDER.resolve("plain.tf_keras.h5"), Layers.standard());
    assertThat(seen.usable()).isTrue();
    assertThat(seen.kind()).isEqualTo("whole-model .h5");
    assertThat(seen.layout()).isEqualTo("HDF5, groups named after layers");
    assertThat(seen.writer()).isEqualTo("Keras 2.18.0 on tensorflow");
    assertThat(seen.optimizer()).isEqualTo("Adam, 1 tensors of state");
    Config json = Config.parse(seen.json(), "json");
    assertThat(json.keys())
        .containsExactly("kind", "layout", "writer", "layers", "weights", "problems");
    assertThat(json.get("layers").items().get(1).plain().toString())
        .isEqualTo("{name=conv, class=Conv2D, buildable=true, trainable=true}");
    assertThat(json.get("weights").items().get(0).plain().toString())
        .isEqualTo("{name=conv/conv/kernel:0, shape=[3, 3, 2, 3], dtype=float32}");
    assertThat(seen.text()).contains("layer      conv (Conv2D): builds and trains\n");
  }

  @Test
  void weightsAndArchitectureAloneAreDescribed() {
    Inspection weights = Inspection.of(FOLDER.resolve("packed.h5"), Layers.standard());
    assertThat(weights.kind()).isEqualTo("weights-only .h5");
    assertThat(weights.layers()).isEmpty();
    assertThat(weights.text()).contains("float32, packed: ");
    Inspection counted =
        Inspection.of(FOLDER.resolve("plain.keras3.weights.h5"), Layers.standard());
    assertThat(counted.kind()).isEqualTo("weights-only .weights.h5");
    assertThat(counted.weights()).hasSize(8);
    Inspection architecture =
        Inspection.of(FOLDER.resolve("branches.keras3.json"), Layers.standard());
    assertThat(architecture.kind()).isEqualTo("architecture .json");
    assertThat(architecture.weights()).isEmpty();
    assertThat(architecture.usable()).isTrue();
  }

  @Test
  void everyLayerInTheWayIsNamed() throws IOException {
    String json =
        Files.readString(FOLDER.resolve("plain.tf_keras.json"))
            .replace("\"Flatten\"", "\"Lambda\"")
            .replace("\"Dense\"", "\"MyDense\"");
    Path file = Files.writeString(folder.resolve("odd.json"), json);
    Inspection seen = Inspection.of(file, Layers.standard());
    assertThat(seen.usable()).isFalse();
    assertThat(seen.layers())
        .filteredOn(line -> !line.buildable())
        .extracting(Inspection.LayerLine::className)
        .containsExactly("Lambda", "MyDense");
    assertThat(seen.problems()).hasSize(2);
    assertThat(seen.problems().get(0)).contains("layer 'flat' (Lambda)", "does not run");
    assertThat(seen.problems().get(1)).contains("layer 'out' (MyDense): Graft has no layer");
  }
}
