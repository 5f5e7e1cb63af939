package dev.graft.report;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A picture as the bytes of a PNG file.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record Picture(int width, int height, byte[] png) {
  /** A picture of what has been drawn. */
  public static Picture of(BufferedImage image) {
    return new Picture(image.getWidth(), image.getHeight(), Png.of(image));
  }

  /**
   * Pixels of 0 to 255 as a picture.
   *
   * @param values height × width × channels, row-major; 1 or 3 channels
   */
  public static BufferedImage ofPixels(float[] values, int height, int width) {
    int channels = values.length / (height * width);
    int[] pixels = new int[height * width];
    for (int i = 0; i < pixels.length; i++) {
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        float value = values[i * channels + (channels < 3 ? 0 : c)];
        rgb = rgb << 8 | Math.round(Math.max(0, Math.min(255, value)));
      }
      pixels[i] = rgb;
    }
    return ofColors(pixels, height, width);
  }

  /** {@code image}, no longer than {@code edge} pixels on either side. */
  public static BufferedImage atMost(BufferedImage image, int edge) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (Math.max(width, height) <= edge) {
      return image;
    }
    double scale = (double) edge / Math.max(width, height);
    int newWidth = Math.max(1, (int) Math.round(width * scale));
    return sized(image, newWidth, Math.max(1, (int) Math.round(height * scale)));
  }

  /** {@code old} in another size: each new pixel is the mean of those it covers. */
  public static BufferedImage sized(BufferedImage old, int newWidth, int newHeight) {
    // Not by Graphics2D, which needs a display or the headless mode.
    int width = old.getWidth();
    int height = old.getHeight();
    int[] pixels = colors(old);
    int[] means = new int[newWidth * newHeight];
    for (int y = 0; y < newHeight; y++) {
      int top = y * height / newHeight;
      int bottom = Math.max(top + 1, (y + 1) * height / newHeight);
      for (int x = 0; x < newWidth; x++) {
        int left = x * width / newWidth;
        int right = Math.max(left + 1, (x + 1) * width / newWidth);
        means[y * newWidth + x] = mean(pixels, width, new int[] {left, top, right, bottom});
      }
    }
    return ofColors(means, newHeight, newWidth);
  }

  private static BufferedImage ofColors(int[] colors, int height, int width) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    System.arraycopy(colors, 0, colors(image), 0, colors.length);
    return image;
  }

  /**
   * Red, green and blue of each pixel in the low bytes: where the image has them so, its own, which
   * is a hundred times as fast as to ask for them.
   */
  static int[] colors(BufferedImage image) {
    boolean own =
        image.getType() == BufferedImage.TYPE_INT_RGB && image.getRaster().getParent() == null;
    if (own && image.getRaster().getDataBuffer() instanceof DataBufferInt data) {
      return data.getData();
    }
    int width = image.getWidth();
    return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
  }

  /** The mean colour of a part: left, top, and the right and bottom after the last. */
  private static int mean(int[] pixels, int width, int[] part) {
    long red = 0;
    long green = 0;
    long blue = 0;
    for (int y = part[1]; y < part[3]; y++) {
      for (int at = y * width + part[0]; at < y * width + part[2]; at++) {
        red += pixels[at] >> 16 & 0xFF;
        green += pixels[at] >> 8 & 0xFF;
        blue += pixels[at] & 0xFF;
      }
    }
    int n = (part[2] - part[0]) * (part[3] - part[1]);
    return (int) (red / n) << 16 | (int) (green / n) << 8 | (int) (blue / n);
  }

  /** A picture as the bytes of a JPEG file: smaller, where it is a photo. */
  public static byte[] jpeg(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Not by a file for a cache, which cannot be had while a run that was interrupted ends.
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "jpeg", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
