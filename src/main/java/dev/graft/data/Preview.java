package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A grid of pictures as training sees them: one row an example, first as it is, then as in the
 * first passes over the data; before {@code preprocess} and rescaling, which eyes cannot read.
 */
public final class Preview {
  private static final int GAP = 4;
  private static final int WHITE = 0xffffff;

  private final Dataset data;
  private final Preparation how;
  private final long seed;

  /**
   * A preview that has drawn nothing yet.
   *
   * @param image how pictures are prepared; of it size, colour and cutting count
   * @param augmentation how they are changed
   * @param seed of the order and the changes, as of the first stage of a run
   */
  public Preview(Dataset data, Preprocessing image, Augmentation augmentation, long seed) {
    Map<String, Object> seen = new LinkedHashMap<>(image.config());
    seen.keySet().removeAll(java.util.Set.of("preprocess", "rescale", "offset"));
    seen.keySet()
        .removeAll(
            java.util.Set.of(
                "samplewise_center", "samplewise_std_normalization", "mean", "std", "zca"));
    if (seen.get("size") == null) {
      throw new SettingException("preview: pictures need one size. Give --size.");
    }
    this.data = data;
    this.how =
        new Preparation(
            Preprocessing.read(Config.of(seen, "image"), Preprocessing.none()), null, augmentation);
    this.seed = seed;
  }

  /** Examples spread evenly over the data, at most {@code count}. */
  public int[] spread(int count) {
    int rows = Math.min(count, data.size());
    int[] spread = new int[rows];
    for (int i = 0; i < rows; i++) {
      spread[i] = (int) ((long) data.size() * i / rows);
    }
    return spread;
  }

  /**
   * The grid of the examples {@code rows}.
   *
   * @param passes how many changed pictures of each
   */
  public BufferedImage draw(int[] rows, int passes, Settings settings) {
    int[] size = how.image().size();
    BufferedImage grid =
        new BufferedImage(
            (size[1] + GAP) * (passes + 1) + GAP,
            (size[0] + GAP) * rows.length + GAP,
            BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < grid.getHeight(); y++) {
      for (int x = 0; x < grid.getWidth(); x++) {
        grid.setRGB(x, y, WHITE);
      }
    }
    float scale = 1;
    try (Examples examples = data.prepare(how, settings)) {
      for (int pass = -1; pass < passes; pass++) {
        long draw = pass < 0 ? -1 : Batches.draw(seed, pass);
        try (Batch batch = examples.batch(rows, draw)) {
          float[] values = Tensors.read(batch.inputs().get(0));
          scale = pass < 0 ? scale(values) : scale;
          for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
          }
          int each = values.length / rows.length;
          for (int i = 0; i < rows.length; i++) {
            place(
                grid,
                Arrays.copyOfRange(values, i * each, (i + 1) * each),
                GAP + (size[0] + GAP) * i,
                GAP + (size[1] + GAP) * (pass + 1));
          }
        }
      }
    }
    return grid;
  }

  /** Stored pictures may go from 0 to 1. */
  private float scale(float[] values) {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, value);
    }
    return data.file(0) == null && most <= 1 ? 255 : 1;
  }

  private void place(BufferedImage grid, float[] values, int top, int left) {
    int[] size = how.image().size();
    int channels = values.length / (size[0] * size[1]);
    for (int y = 0; y < size[0]; y++) {
      for (int x = 0; x < size[1]; x++) {
        int at = (y * size[1] + x) * channels;
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          int value = Math.round(values[at + (channels < 3 ? 0 : c)]);
          rgb = rgb << 8 | Math.max(0, Math.min(255, value));
        }
        grid.setRGB(left + x, top + y, rgb);
      }
    }
  }
}
