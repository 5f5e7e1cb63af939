package dev.graft.data;

/** The way back from a model's input to something people can look at. */
public final class Pixels {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] STD = {0.229f, 0.224f, 0.225f};
  private static final float[] CAFFE = {103.939f, 116.779f, 123.68f};

  private Pixels() {}

  /**
   * Pixels of 0 to 255 in the order red, green, blue.
   *
   * <p>What {@link Images#standardize} did is undone where that is possible; else, and for arrays,
   * the least value becomes 0 and the greatest 255.
   *
   * @param values a prepared picture, height × width × channels, row-major
   * @param channels 1 or 3
   * @param how it was prepared; null for an array
   */
  public static float[] of(float[] values, int channels, Preprocessing how) {
    boolean colours = how != null && (channels == 3 || Mode.of(how.preprocess()) == Mode.NONE);
    if (!colours || !how.standardization().equals(Standardization.NONE)) {
      return stretched(values);
    }
    Mode mode = Mode.of(how.preprocess());
    float[] pixels = new float[values.length];
    float most = 0;
    for (int i = 0; i < values.length; i++) {
      double scaled = (values[i] - how.offset()) / how.rescale();
      int channel = i % channels;
      switch (mode) {
        case NONE -> pixels[i] = (float) scaled;
        case TF -> pixels[i] = (float) ((scaled + 1) * 127.5);
        case TORCH -> pixels[i] = (float) ((scaled * STD[channel] + MEAN[channel]) * 255);
        case CAFFE -> pixels[i - channel + 2 - channel] = (float) scaled + CAFFE[channel];
      }
      most = Math.max(most, values[i]);
    }
    // Pictures that were stored as 0 to 1 and used as they are.
    return mode == Mode.NONE && how.rescale() == 1 && most <= 1 ? stretched(values) : pixels;
  }

  private static float[] stretched(float[] values) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      if (Float.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    float[] pixels = new float[values.length];
    for (int i = 0; i < pixels.length; i++) {
      float value = Float.isFinite(values[i]) ? values[i] : least;
      pixels[i] = most > least ? (value - least) / (most - least) * 255 : 0;
    }
    return pixels;
  }
}
