package dev.graft.explain;

import java.awt.image.BufferedImage;

/** Heat laid over a photo. */
public final class HeatPicture {
  /** How much of the colour covers the photo where the heat is great; little heat covers little. */
  private static final double COVER = 0.6;

  private HeatPicture() {}

  /** The photo, in its own size, with the places that count in blue, green, yellow and red. */
  public static BufferedImage over(BufferedImage photo, Heat heat) {
    Heat fitted = heat.resized(photo.getHeight(), photo.getWidth());
    BufferedImage picture =
        new BufferedImage(photo.getWidth(), photo.getHeight(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < photo.getHeight(); y++) {
      for (int x = 0; x < photo.getWidth(); x++) {
        double value = fitted.values()[y * photo.getWidth() + x];
        picture.setRGB(x, y, mix(photo.getRGB(x, y), value));
      }
    }
    return picture;
  }

  private static int mix(int rgb, double heat) {
    double cover = COVER * Math.min(1, 1.5 * heat);
    int mixed = 0;
    for (int c = 0; c < 3; c++) {
      int shift = 16 - 8 * c;
      double photo = rgb >> shift & 0xFF;
      // The usual rainbow: each channel a trapezoid over the heat, red highest at the hot end.
      double colour = 255 * Math.max(0, Math.min(1, 1.5 - Math.abs(4 * heat - (3 - c))));
      mixed |= (int) Math.round(photo * (1 - cover) + colour * cover) << shift;
    }
    return mixed;
  }
}
