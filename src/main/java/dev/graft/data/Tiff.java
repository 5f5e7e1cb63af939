package dev.graft.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;

/**
 * The first picture of a TIFF, with Pillow's pixels where Java's decoder gives others.
 *
 * <p>Source: Pillow 13 {@code TiffImagePlugin.py}: a palette has the upper bytes; the picture is
 * always turned as tag 274 says; extra samples without a meaning are left out, as are those behind
 * an alpha.
 */
final class Tiff {
  private static final int PHOTOMETRIC = 262;
  private static final int ORIENTATION = 274;
  private static final int COLOR_MAP = 320;
  private static final int EXTRA_SAMPLES = 338;

  private static final int GREY = 1;
  private static final int RGB = 2;
  private static final int PALETTE = 3;

  /** Kinds of {@link #EXTRA_SAMPLES}. */
  private static final int NO_MEANING = 0;

  private static final int PREMULTIPLIED = 1;

  private final ImageReader reader;
  private final TIFFDirectory tags;

  Tiff(ImageReader reader) throws IOException {
    this.reader = reader;
    tags = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
  }

  private int tag(int number, int absent) {
    TIFFField field = tags.getTIFFField(number);
    return field == null ? absent : field.getAsInt(0);
  }

  /** Why its colours cannot be read; empty when they can. */
  Optional<String> refusal() {
    return switch (tag(PHOTOMETRIC, GREY)) {
      // Java reads both, the first with other colours than Pillow or any formula has.
      case 8, 9, 10 -> Optional.of("has CIELAB colours, which are not read: convert it to RGB");
      case 5 -> Optional.of("has CMYK colours, which are not read: convert it to RGB");
      default -> Optional.empty();
    };
  }

  /** As PNG; empty when it has pixels that no PNG can hold. */
  Optional<byte[]> png() throws IOException {
    BufferedImage image = plain(reader.read(0));
    return Recoding.png(turned(image, tag(ORIENTATION, 1)));
  }

  /** With the palette's upper bytes, and without samples that mean nothing. */
  private BufferedImage plain(BufferedImage image) {
    int bands = image.getRaster().getNumBands();
    int colors = bands;
    switch (tag(PHOTOMETRIC, GREY)) {
      case GREY, PALETTE -> colors = 1;
      case RGB -> colors = 3;
      default -> {}
    }
    boolean alpha = tag(EXTRA_SAMPLES, NO_MEANING) != NO_MEANING;
    if (tag(PHOTOMETRIC, GREY) == PALETTE && tags.getTIFFField(COLOR_MAP) != null) {
      return colored(image, alpha && bands > 1);
    }
    int kept = colors + (alpha ? 1 : 0);
    if (tags.getTIFFField(EXTRA_SAMPLES) == null || kept >= bands) {
      return image;
    }
    boolean premultiplied = tag(EXTRA_SAMPLES, NO_MEANING) == PREMULTIPLIED;
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(colors == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB),
            alpha,
            premultiplied,
            alpha ? ColorModel.TRANSLUCENT : ColorModel.OPAQUE,
            image.getRaster().getTransferType());
    return new BufferedImage(model, first(image.getRaster(), kept), premultiplied, null);
  }

  private static WritableRaster first(WritableRaster raster, int bands) {
    if (raster.getNumBands() == bands) {
      // Several samples may share a byte.
      return raster;
    }
    return raster.createWritableChild(
        0, 0, raster.getWidth(), raster.getHeight(), 0, 0, IntStream.range(0, bands).toArray());
  }

  /** Of places in a palette and perhaps an alpha. */
  private BufferedImage colored(BufferedImage image, boolean alpha) {
    char[] map = tags.getTIFFField(COLOR_MAP).getAsChars();
    int count = map.length / 3;
    byte[][] rgb = new byte[3][count];
    for (int i = 0; i < map.length; i++) {
      rgb[i / count][i % count] = (byte) (map[i] >> 8);
    }
    WritableRaster places = first(image.getRaster(), 1);
    int bits = image.getSampleModel().getSampleSize(0);
    IndexColorModel palette = new IndexColorModel(bits, count, rgb[0], rgb[1], rgb[2]);
    if (!alpha) {
      return new BufferedImage(palette, places, false, null);
    }
    BufferedImage out =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int color = palette.getRGB(places.getSample(x, y, 0)) & 0xffffff;
        out.setRGB(x, y, color | image.getRaster().getSample(x, y, 1) << 24);
      }
    }
    return out;
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
