package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is read back by Java's own reader, pixel for pixel. */
class PngTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 0", "7, 5, 0", "64, 48, 3", "3, 200, 20", "130, 2, 255"})
  void isReadBackAsItWas(int width, int height, int noise) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = Math.min(255, x + random.nextInt(noise + 1));
        image.setRGB(x, y, red << 16 | (y & 0xff) << 8 | (noise > 200 ? random.nextInt(256) : 77));
      }
    }
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(Png.of(image)));
    assertThat(read.getWidth()).isEqualTo(width);
    assertThat(read.getHeight()).isEqualTo(height);
    assertThat(read.getRGB(0, 0, width, height, null, 0, width))
        .isEqualTo(image.getRGB(0, 0, width, height, null, 0, width));
  }
}
