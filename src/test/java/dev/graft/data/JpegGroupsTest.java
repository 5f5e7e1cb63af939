package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Tensor;

/** Photos that are prepared together: each is what it is alone, whoever its companions are. */
class JpegGroupsTest {
  private static final int PHOTOS = 19;

  @TempDir Path folder;
  private final List<Path> files = new ArrayList<>();

  @BeforeEach
  void photos() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < PHOTOS; i++) {
      int kind = i % 4 == 3 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
      BufferedImage image = new BufferedImage(20 + 7 * i, 90 - 3 * i, kind);
      for (int y = 0; y < image.getHeight(); y++) {
        for (int x = 0; x < image.getWidth(); x++) {
          image.setRGB(x, y, random.nextInt(40) * 0x010203 + x * 0x20100 + y);
        }
      }
      files.add(folder.resolve(i + ".jpg"));
      ImageIO.write(image, "jpg", files.get(i).toFile());
    }
  }

  private static Preprocessing how(String image) {
    return Preprocessing.read(Config.parse(image, "image"), Preprocessing.none());
  }

  private FileFeed feed(Preprocessing how, int threads) {
    return new FileFeed(
        new Column.Pictures(files),
        new Preparation(how, null),
        new Settings(threads, "cpu", Settings.Precision.FLOAT32));
  }

  private float[] alone(Preprocessing how, int row) {
    try (ImageGraph graph = ImageGraph.ofFiles(how, null);
        Tensor picture = PictureFile.decoded(graph, files.get(row), null)) {
      return Tensors.read(picture);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'size': [32, 40], 'preprocess': 'vgg16'}",
        "{'size': [32, 40], 'interpolation': 'nearest', 'preprocess': 'mobilenet'}",
        "{'size': [30, 30], 'interpolation': 'lanczos3', 'preprocess': 'densenet121'}",
        "{'size': [32, 32], 'crop_to_aspect_ratio': true, 'rescale': '1/255', 'offset': -0.5}",
        "{'size': [32, 32], 'pad_to_aspect_ratio': true, 'color': 'grayscale'}",
        "{'size': [24, 24], 'color': 'rgba', 'interpolation': 'bicubic'}",
        "{'size': [24, 30], 'decode': 'tf'}",
        "{'size': [24, 30], 'decode': 'tf', 'color': 'grayscale'}",
      })
  void eachIsWhatItIsAlone(String image) {
    Preprocessing how = how(image.replace('\'', '"'));
    assertThat(JpegGroup.fits(how)).isTrue();
    float[][] expected =
        IntStream.range(0, PHOTOS).mapToObj(row -> alone(how, row)).toArray(float[][]::new);
    for (int threads : new int[] {1, 2, 5}) {
      try (FileFeed feed = feed(how, threads)) {
        for (int[] rows : new int[][] {{3}, {4, 2}, IntStream.range(0, PHOTOS).toArray()}) {
          try (Tensor batch = feed.batch(rows, -1)) {
            assertThat(batch.shape().get(0)).isEqualTo(rows.length);
            float[] all = Tensors.read(batch);
            int each = all.length / rows.length;
            for (int i = 0; i < rows.length; i++) {
              assertThat(Arrays.copyOfRange(all, i * each, (i + 1) * each))
                  .as("%s of %d, %d threads", rows[i], rows.length, threads)
                  .isEqualTo(expected[rows[i]]);
            }
          }
        }
      }
    }
  }

  @Test
  void otherKindsOfPicturesGoAmongThem() throws IOException {
    Preprocessing how = how("{\"size\": [16, 16]}");
    BufferedImage image = ImageIO.read(files.get(2).toFile());
    ImageIO.write(image, "png", files.get(2).toFile());
    try (FileFeed feed = feed(how, 2);
        Tensor batch = feed.batch(new int[] {1, 2, 3}, -1)) {
      assertThat(Arrays.copyOfRange(Tensors.read(batch), 768, 1536)).isEqualTo(alone(how, 2));
    }
  }

  @Test
  void aDamagedOneIsNamed() throws IOException {
    byte[] whole = Files.readAllBytes(files.get(4));
    Files.write(files.get(4), Arrays.copyOf(whole, whole.length / 2));
    try (FileFeed feed = feed(how("{\"size\": [16, 16]}"), 2)) {
      assertThatThrownBy(() -> feed.batch(IntStream.range(0, 8).toArray(), -1))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("4.jpg: the image is damaged or cut off");
      // The others are fine afterwards.
      feed.batch(new int[] {0, 1, 2, 3}, -1).close();
    }
  }

  @Test
  void whatTakesManyOpsAPictureIsPreparedAlone() {
    assertThat(JpegGroup.fits(how("{\"size\": [8, 8], \"resize\": \"pillow\"}"))).isFalse();
    assertThat(JpegGroup.fits(how("{\"size\": [8, 8], \"exif\": true}"))).isFalse();
    assertThat(JpegGroup.fits(Preprocessing.none())).isFalse();
  }
}
