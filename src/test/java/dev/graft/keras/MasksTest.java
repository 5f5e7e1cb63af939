package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.files.NpzFile;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Masks that go through layers and meet, as each Keras takes them. Made by tools/goldens/masks.py.
 */
class MasksTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/masks");
  private static final int OUTPUTS = 17;

  @ParameterizedTest
  @ValueSource(strings = {"keras3.keras", "keras3.h5", "tf_keras.h5"})
  void masksHideWhatTheyHideInKeras(String name) {
    Path file = FOLDER.resolve(name);
    Model model = KerasFile.open(file, Layers.standard()).model();
    String generation = name.replaceFirst("\\..*", "");
    try (NpzFile golden = NpzFile.open(FOLDER.resolve(generation + ".npz"))) {
      List<float[]> outputs = Computed.outputs(file, model, input -> golden.array("in_" + input));
      assertThat(outputs).hasSize(OUTPUTS);
      for (int i = 0; i < OUTPUTS; i++) {
        float[] expected = golden.array("out_" + i).floats();
        for (int k = 0; k < expected.length; k++) {
          assertThat(outputs.get(i)[k])
              .as("output %d, value %d", i, k)
              .isCloseTo(expected[k], Offset.offset(2e-6f));
        }
      }
    }
  }
}
