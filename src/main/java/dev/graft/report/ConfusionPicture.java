package dev.graft.report;

import java.awt.image.BufferedImage;

/** A confusion matrix as a picture: a square a pair of classes, darker where more examples fall. */
public final class ConfusionPicture {
  private static final int LEAST_EDGE = 400;

  private ConfusionPicture() {}

  /** Rows from the top are the classes examples have, columns the classes they are taken for. */
  public static Picture of(Evaluation figures) {
    int count = figures.confusion().length;
    int square = Math.max(1, LEAST_EDGE / Math.max(1, count));
    int edge = Math.max(1, count * square);
    BufferedImage image = new BufferedImage(edge, edge, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < count * square; y++) {
      long support = figures.classes().get(y / square).support();
      for (int x = 0; x < count * square; x++) {
        long cell = figures.confusion()[y / square][x / square];
        double share = support == 0 ? 0 : (double) cell / support;
        image.setRGB(x, y, shade(share, cell > 0, x / square == y / square));
      }
    }
    return Picture.of(image);
  }

  private static int shade(double share, boolean any, boolean hit) {
    double depth = any ? 0.15 + 0.85 * share : 0;
    int[] full = hit ? new int[] {0, 114, 178} : new int[] {213, 94, 0};
    int rgb = 0;
    for (int colour : full) {
      rgb = rgb << 8 | (int) Math.round(255 + (colour - 255) * depth);
    }
    return rgb;
  }
}
