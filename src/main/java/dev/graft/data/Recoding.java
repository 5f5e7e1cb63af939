package dev.graft.data;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.SinglePixelPackedSampleModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Pictures as PNG, which loses nothing, where Java has a decoder and TensorFlow none or one that
 * differs from Pillow's; where Java's differs too, it is put right.
 *
 * <p>Source: Pillow 13 {@code Unpack.c} (colours of 5 and 6 bits are cut off).
 */
final class Recoding {
  private Recoding() {}

  /** The first picture of a BMP; empty when it has pixels that no PNG can hold. */
  static Optional<byte[]> bmp(ImageReader reader) throws IOException {
    return png(eightBits(reader.read(0)));
  }

  /** A picture as PNG; empty when it has pixels that no PNG can hold. */
  static Optional<byte[]> png(BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return ImageIO.write(image, "png", out) ? Optional.of(out.toByteArray()) : Optional.empty();
  }

  /** Of colours of less than eight bits in one number, each is stretched on its own. */
  private static BufferedImage eightBits(BufferedImage image) {
    Raster raster = image.getRaster();
    if (!(raster.getSampleModel() instanceof SinglePixelPackedSampleModel)
        || raster.getSampleModel().getSampleSize(0) >= Byte.SIZE) {
      return image;
    }
    BufferedImage wide =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
    for (int band = 0; band < 3; band++) {
      int most = (1 << raster.getSampleModel().getSampleSize(band)) - 1;
      for (int y = 0; y < image.getHeight(); y++) {
        for (int x = 0; x < image.getWidth(); x++) {
          wide.getRaster().setSample(x, y, band, raster.getSample(x, y, band) * 255 / most);
        }
      }
    }
    return wide;
  }
}
