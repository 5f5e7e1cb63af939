package dev.graft.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The first frame of a GIF, where TensorFlow's decoder gives other pixels than Pillow: a
 * transparent colour, which it paints black, or a frame that is not the whole canvas, which it cuts
 * out.
 *
 * <p>Source: GIF89a specification; Pillow 13 {@code GifImagePlugin.py} (the canvas is as large as
 * the frame needs, and of the transparent colour, else of the palette's first).
 *
 * @param canvas width and height
 * @param place left, top, width and height of the frame
 * @param transparent the index of the transparent colour, or -1
 */
record GifFrame(int[] canvas, int[] place, int transparent) {
  private static final int EXTENSION = 0x21;
  private static final int CONTROL = 0xf9;
  private static final int FRAME = 0x2c;

  /** {@code gif} as PNG where the decoders differ; else as it is. */
  static byte[] asPillow(byte[] gif) throws IOException {
    GifFrame first = first(gif);
    if (first == null || !first.odd()) {
      return gif;
    }
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(gif))) {
      ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
      try {
        reader.setInput(in);
        return first.onCanvas(reader.read(0)).orElse(gif);
      } finally {
        reader.dispose();
      }
    }
  }

  private boolean odd() {
    return transparent >= 0
        || place[0] != 0
        || place[1] != 0
        || place[2] != canvas[0]
        || place[3] != canvas[1];
  }

  private Optional<byte[]> onCanvas(BufferedImage frame) throws IOException {
    if (!(frame.getColorModel() instanceof IndexColorModel colors)) {
      return Optional.empty();
    }
    int count = Math.max(colors.getMapSize(), transparent + 1);
    byte[][] rgb = new byte[3][count];
    colors.getReds(rgb[0]);
    colors.getGreens(rgb[1]);
    colors.getBlues(rgb[2]);
    IndexColorModel palette =
        new IndexColorModel(Byte.SIZE, count, rgb[0], rgb[1], rgb[2], transparent);
    WritableRaster all = palette.createCompatibleWritableRaster(canvas[0], canvas[1]);
    int[] line = new int[canvas[0]];
    Arrays.fill(line, Math.max(0, transparent));
    for (int y = 0; y < canvas[1]; y++) {
      all.setPixels(0, y, canvas[0], 1, line);
    }
    Raster pixels = frame.getRaster();
    for (int y = 0; y < pixels.getHeight(); y++) {
      all.setPixels(
          place[0],
          place[1] + y,
          pixels.getWidth(),
          1,
          pixels.getPixels(0, y, pixels.getWidth(), 1, (int[]) null));
    }
    return Recoding.png(new BufferedImage(palette, all, false, null));
  }

  /** What stands before the pixels of the first frame; null when there is none. */
  static GifFrame first(byte[] gif) {
    int transparent = -1;
    int at = 13 + table(gif, 10);
    while (at + 9 < gif.length && gif[at] == EXTENSION) {
      if ((gif[at + 1] & 0xff) == CONTROL && (gif[at + 3] & 1) == 1) {
        transparent = gif[at + 6] & 0xff;
      }
      at += 2;
      while (at < gif.length && gif[at] != 0) {
        at += 1 + (gif[at] & 0xff);
      }
      at++;
    }
    if (at + 9 >= gif.length || gif[at] != FRAME) {
      return null;
    }
    int[] place = {
      number(gif, at + 1), number(gif, at + 3), number(gif, at + 5), number(gif, at + 7)
    };
    int[] canvas = {
      Math.max(number(gif, 6), place[0] + place[2]), Math.max(number(gif, 8), place[1] + place[3])
    };
    return new GifFrame(canvas, place, transparent);
  }

  /** Bytes of the table of colours that the flags at {@code at} tell of. */
  private static int table(byte[] gif, int at) {
    boolean there = at < gif.length && (gif[at] & 0x80) != 0;
    return there ? 3 << ((gif[at] & 7) + 1) : 0;
  }

  private static int number(byte[] gif, int at) {
    return (gif[at] & 0xff) | (gif[at + 1] & 0xff) << 8;
  }
}
