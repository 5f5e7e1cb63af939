package dev.graft.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.SinglePixelPackedSampleModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;

/**
 * Pictures as PNG, which loses nothing, where Java has a decoder and TensorFlow none or one that
 * differs from Pillow's; where Java's differs too, it is put right.
 *
 * <p>Source: Pillow 13 {@code TiffImagePlugin.py} (a palette has the upper bytes; the picture is
 * always turned as tag 274 says), {@code Unpack.c} (colours of 5 and 6 bits are cut off).
 */
final class Recoding {
  private static final int ORIENTATION = 274;
  private static final int COLOR_MAP = 320;

  private Recoding() {}

  /** The first picture of a BMP; empty when it has pixels that no PNG can hold. */
  static Optional<byte[]> bmp(ImageReader reader) throws IOException {
    return png(eightBits(reader.read(0)));
  }

  /** The first picture of a TIFF; empty when it has pixels that no PNG can hold. */
  static Optional<byte[]> tiff(ImageReader reader) throws IOException {
    BufferedImage image = reader.read(0);
    TIFFDirectory tags = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
    TIFFField colors = tags.getTIFFField(COLOR_MAP);
    if (colors != null && image.getColorModel() instanceof IndexColorModel) {
      char[] map = colors.getAsChars();
      int count = map.length / 3;
      byte[][] rgb = new byte[3][count];
      for (int i = 0; i < map.length; i++) {
        rgb[i / count][i % count] = (byte) (map[i] >> 8);
      }
      ColorModel palette =
          new IndexColorModel(image.getColorModel().getPixelSize(), count, rgb[0], rgb[1], rgb[2]);
      image = new BufferedImage(palette, image.getRaster(), false, null);
    }
    TIFFField orientation = tags.getTIFFField(ORIENTATION);
    return png(orientation == null ? image : turned(image, orientation.getAsInt(0)));
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

  /** Turned as EXIF's orientation says, 1 to 8; as it is for any other number. */
  private static BufferedImage turned(BufferedImage image, int orientation) {
    if (orientation < 2 || orientation > 8) {
      return image;
    }
    int right = image.getWidth() - 1;
    int low = image.getHeight() - 1;
    LongBinaryOperator column =
        switch (orientation) {
          case 2, 3 -> (x, y) -> right - x;
          case 4 -> (x, y) -> x;
          case 5, 6 -> (x, y) -> y;
          default -> (x, y) -> right - y;
        };
    LongBinaryOperator row =
        switch (orientation) {
          case 2 -> (x, y) -> y;
          case 3, 4 -> (x, y) -> low - y;
          case 5, 8 -> (x, y) -> x;
          default -> (x, y) -> low - x;
        };
    boolean lying = orientation >= 5;
    int width = lying ? low + 1 : right + 1;
    int height = lying ? right + 1 : low + 1;
    Raster from = image.getRaster();
    WritableRaster to = image.getColorModel().createCompatibleWritableRaster(width, height);
    Object pixel = null;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixel =
            from.getDataElements(
                (int) column.applyAsLong(x, y), (int) row.applyAsLong(x, y), pixel);
        to.setDataElements(x, y, pixel);
      }
    }
    return new BufferedImage(image.getColorModel(), to, image.isAlphaPremultiplied(), null);
  }
}
