package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.RealKeras;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("python")
class Hdf5ReadbackTest {
  @TempDir Path folder;

  @Test
  void h5pyAndKerasReadWhatWeWrite() throws Exception {
    Path sample = folder.resolve("sample.h5");
    Path model = folder.resolve("model.h5");
    Hdf5Sample.write(sample);
    Hdf5Sample.writeModel(model);
    assertThat(RealKeras.run("tools/readback/hdf5_check.py", sample.toString(), model.toString()))
        .contains(": all as written");
  }
}
