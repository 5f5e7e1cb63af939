package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("shared")
class Hdf5SharedTest {
  @Test
  void publishedVgg16WeightsRead() {
    Path path = Path.of("../shared/weights/vgg16_imagenet_notop.h5");
    assumeTrue(Files.exists(path), path + " is not here");
    try (Hdf5File file = Hdf5File.open(path)) {
      long[] total = new long[1];
      file.root().walk(dataset -> total[0] += dataset.floats().length);
      assertThat(total[0]).isEqualTo(14_714_688);
      Hdf5Group first = file.root().group("block1_conv1");
      assertThat(file.root().attributes().strings("layer_names")).contains("block1_conv1");
      String kernel = first.attributes().strings("weight_names").get(0);
      String bias = first.attributes().strings("weight_names").get(1);
      assertThat(first.dataset(kernel).floats()[0]).isEqualTo(0.42947057f);
      assertThat(first.dataset(bias).floats()[0]).isEqualTo(0.73429835f);
    }
  }
}
