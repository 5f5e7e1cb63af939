package dev.graft.report;

import dev.graft.files.Deflated;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes opaque pictures as PNG files (8 bits of red, green and blue), several times as fast as
 * Java's own writer: a run has dozens of them.
 */
final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int HEADER = 13;
  private static final int CHANNELS = 3;

  private Png() {}

  /** The bytes of the file; an alpha channel is left out. */
  static byte[] of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SIGNATURE);
    ByteBuffer header = ByteBuffer.allocate(HEADER).putInt(width).putInt(height);
    // Eight bits, colours without alpha, and the only compression, filters and order that fit.
    chunk(file, "IHDR", header.put((byte) 8).put((byte) 2).array());
    chunk(
        file,
        "IDAT",
        Deflated.of(ByteBuffer.wrap(rows(Picture.colors(image), width)), Deflater.BEST_SPEED + 2));
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String kind, byte[] data) {
    byte[] name = kind.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(data);
    file.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(data.length).array());
    file.writeBytes(name);
    file.writeBytes(data);
    file.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt((int) sum.getValue()).array());
  }

  /** All rows, each with the filter that leaves it smaller: none, or what is above subtracted. */
  private static byte[] rows(int[] pixels, int width) {
    int length = CHANNELS * width;
    int height = pixels.length / width;
    byte[] rows = new byte[height * (1 + length)];
    byte[] row = new byte[length];
    byte[] above = new byte[length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int pixel = pixels[y * width + x];
        row[CHANNELS * x] = (byte) (pixel >> 16);
        row[CHANNELS * x + 1] = (byte) (pixel >> 8);
        row[CHANNELS * x + 2] = (byte) pixel;
      }
      int at = y * (1 + length);
      boolean up = size(row, above) < size(row, null);
      rows[at++] = (byte) (up ? 2 : 0);
      for (int i = 0; i < length; i++) {
        rows[at + i] = (byte) (up ? row[i] - above[i] : row[i]);
      }
      byte[] swapped = above;
      above = row;
      row = swapped;
    }
    return rows;
  }

  private static long size(byte[] row, byte[] less) {
    long size = 0;
    for (int i = 0; i < row.length; i++) {
      size += Math.abs((byte) (less == null ? row[i] : row[i] - less[i]));
    }
    return size;
  }
}
