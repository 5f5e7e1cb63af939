package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Tensor;

/** TIFFs with samples beyond their colours have Pillow's pixels. */
class TiffTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/tiff");
  private static final int KNOWN = 36;
  private static final Map<String, String> MODES =
      Map.of("RGB", "rgb", "RGBA", "rgba", "L", "grayscale");

  @Test
  void haveThePixelsOfPillow() {
    int compared = 0;
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("expected.npz"))) {
      for (Map.Entry<String, String> mode : MODES.entrySet()) {
        Map<String, Object> image = Map.of("color", mode.getValue(), "resize", "pillow");
        Preprocessing how = Preprocessing.read(Config.of(image, "image"), Preprocessing.none());
        try (ImageGraph graph = ImageGraph.ofFiles(how, null)) {
          for (String name : npz.names()) {
            if (!name.endsWith(" " + mode.getKey())) {
              continue;
            }
            NpyArray expected = npz.array(name);
            Path file = GOLDENS.resolve(name.substring(0, name.indexOf(' ')) + ".tif");
            try (Tensor came = PictureFile.decoded(graph, file, null)) {
              assertThat(came.shape().asArray()).as(name).containsExactly(expected.shape());
              assertThat(Tensors.read(came)).as(name).containsExactly(expected.floats());
            }
            compared++;
          }
        }
      }
    }
    assertThat(compared).isGreaterThanOrEqualTo(KNOWN);
  }

  @ParameterizedTest
  @CsvSource({"cielab.tif, CIELAB", "icclab.tif, CIELAB", "cmyk.tif, CMYK"})
  void areRefusedInColoursThatAreNotRead(String name, String colors) {
    Path file = GOLDENS.resolve(name);
    assertThatThrownBy(() -> PictureFile.read(file))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + ": has "
                + colors
                + " colours, which are not read: convert it to RGB. Replace the file or remove"
                + " it.");
  }
}
