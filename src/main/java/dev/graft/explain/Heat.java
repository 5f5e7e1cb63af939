package dev.graft.explain;

/**
 * How much each place of an input counts.
 *
 * @param height rows
 * @param width columns
 * @param values row-major, 0 to 1
 */
public record Heat(int height, int width, float[] values) {
  /** The value at a place between the centres of the cells, bilinear; edges go on outwards. */
  double at(double y, double x) {
    double row = Math.max(0, Math.min(height - 1.0, y));
    double column = Math.max(0, Math.min(width - 1.0, x));
    int top = (int) row;
    int left = (int) column;
    int bottom = Math.min(height - 1, top + 1);
    int right = Math.min(width - 1, left + 1);
    double down = row - top;
    double over = column - left;
    double above = values[top * width + left] * (1 - over) + values[top * width + right] * over;
    double below =
        values[bottom * width + left] * (1 - over) + values[bottom * width + right] * over;
    return above * (1 - down) + below * down;
  }

  /** The same places, a different size in pixels. */
  public Heat resized(int newHeight, int newWidth) {
    float[] resized = new float[newHeight * newWidth];
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        resized[y * newWidth + x] =
            (float) at((y + 0.5) * height / newHeight - 0.5, (x + 0.5) * width / newWidth - 0.5);
      }
    }
    return new Heat(newHeight, newWidth, resized);
  }

  /**
   * From attributions of a value each: the sum of their sizes over the channels, so that the 99th
   * percentile becomes 1.
   *
   * @param attributions height × width × channels, row-major
   */
  public static Heat of(float[] attributions, int height, int width) {
    int channels = attributions.length / (height * width);
    float[] sums = new float[height * width];
    for (int i = 0; i < attributions.length; i++) {
      sums[i / channels] += Math.abs(attributions[i]);
    }
    float[] sorted = sums.clone();
    java.util.Arrays.sort(sorted);
    float most = sorted[(int) Math.ceil(0.99 * (sorted.length - 1))];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = most > 0 ? Math.min(1, sums[i] / most) : 0;
    }
    return new Heat(height, width, sums);
  }
}
