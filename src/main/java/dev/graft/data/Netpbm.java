package dev.graft.data;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.nio.charset.StandardCharsets;

/**
 * A picture in the binary forms of Netpbm, grey (P5) or in colours (P6), of eight bits a value: the
 * {@code .ppm} that Keras lists among images.
 *
 * <p>Source: the pages "pgm" and "ppm" of Netpbm; Pillow 13 {@code PpmImagePlugin.py}, which
 * stretches values to 255.
 *
 * @param width in pixels
 * @param height in pixels
 * @param most the value of white, 1 to 255
 * @param start where the pixels begin in the file
 * @param channels 1 or 3
 */
record Netpbm(int width, int height, int most, int start, int channels) {
  /** Longer numbers are no sizes. */
  private static final int DIGITS = 8;

  /** The head of a file; null when it is none that is read here. */
  static Netpbm head(byte[] file) {
    if (file.length < 3 || file[0] != 'P' || (file[1] != '5' && file[1] != '6')) {
      return null;
    }
    int[] numbers = new int[3];
    int at = 2;
    for (int i = 0; i < 3; i++) {
      at = number(file, at);
      String text = text(file, at);
      if (text.isEmpty()) {
        return null;
      }
      numbers[i] = Integer.parseInt(text);
      at += text.length();
    }
    boolean fits = numbers[0] > 0 && numbers[1] > 0 && numbers[2] > 0 && numbers[2] < 256;
    int channels = file[1] == '6' ? 3 : 1;
    return fits ? new Netpbm(numbers[0], numbers[1], numbers[2], at + 1, channels) : null;
  }

  /** Where the next number is: behind blanks and comments. */
  private static int number(byte[] file, int from) {
    int at = from;
    boolean comment = false;
    while (at < file.length && (comment || file[at] == '#' || file[at] <= ' ')) {
      comment = file[at] == '#' || (comment && file[at] != '\n' && file[at] != '\r');
      at++;
    }
    return at;
  }

  private static String text(byte[] file, int from) {
    int end = from;
    while (end < file.length && end < from + DIGITS && file[end] >= '0' && file[end] <= '9') {
      end++;
    }
    return new String(file, from, end - from, StandardCharsets.US_ASCII);
  }

  /** Whether all pixels are there. */
  boolean whole(byte[] file) {
    return (long) width * height * channels <= file.length - start;
  }

  BufferedImage picture(byte[] file) {
    BufferedImage picture =
        new BufferedImage(
            width,
            height,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    WritableRaster pixels = picture.getRaster();
    int[] line = new int[width * channels];
    for (int y = 0; y < height; y++) {
      for (int i = 0; i < line.length; i++) {
        int value = Math.min(most, file[start + y * line.length + i] & 0xff);
        line[i] = (int) Math.rint((double) value / most * 255);
      }
      pixels.setPixels(0, y, width, 1, line);
    }
    return picture;
  }
}
