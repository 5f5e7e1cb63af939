package dev.graft.recipe;

import dev.graft.data.Batch;
import dev.graft.data.Examples;
import dev.graft.data.Pixels;
import dev.graft.data.Preprocessing;
import dev.graft.layers.Spec;
import dev.graft.report.Picture;
import dev.graft.report.RunReport;
import dev.graft.runtime.Tensors;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Examples as people may look at them: as the model sees them, in their own colours. */
final class Thumbnails implements RunReport.Sights {
  /** Full-sized pictures in memory at a time: few, so that they never fill Java's heap. */
  private static final int PART = 4;

  private final Examples examples;
  private final Preprocessing how;

  /** Thumbnails of {@code examples}, which were prepared as {@code how} says; null for arrays. */
  Thumbnails(Examples examples, Preprocessing how) {
    this.examples = examples;
    this.how = how;
  }

  /** Whether the examples are pictures at all. */
  boolean possible() {
    Spec input = examples.inputs().get(0).spec();
    return input.rank() == 4 && (input.size(3) == 1 || input.size(3) == 3);
  }

  /** The last two names of the path: the folder often is the class, the rest is nobody's affair. */
  @Override
  public String name(int row) {
    String name = examples.name(row);
    int file = name.lastIndexOf('/');
    int folder = file < 0 ? -1 : name.lastIndexOf('/', file - 1);
    return folder < 0 ? name : name.substring(folder + 1);
  }

  @Override
  public BufferedImage picture(int row) {
    return possible() ? images(new int[] {row}, -1).get(0) : null;
  }

  /**
   * Pictures of several examples.
   *
   * @param draw of their random changes; -1 for none
   */
  List<Picture> pictures(int[] rows, long draw) {
    return images(rows, draw).stream().map(Picture::of).toList();
  }

  /** Squares of {@code edge} pixels, one an example. */
  List<BufferedImage> small(int[] rows, int edge) {
    List<BufferedImage> small = new ArrayList<>();
    // In parts: all examples in their full size may be more than fits.
    for (int start = 0; start < rows.length; start += PART) {
      int[] part = Arrays.copyOfRange(rows, start, Math.min(rows.length, start + PART));
      images(part, -1).forEach(image -> small.add(Picture.sized(image, edge, edge)));
    }
    return small;
  }

  private List<BufferedImage> images(int[] rows, long draw) {
    List<BufferedImage> images = new ArrayList<>();
    try (Batch batch = examples.batch(rows, draw)) {
      long[] shape = batch.inputs().get(0).shape().asArray();
      float[] values = Tensors.read(batch.inputs().get(0));
      int each = values.length / rows.length;
      for (int i = 0; i < rows.length; i++) {
        float[] one = Arrays.copyOfRange(values, i * each, (i + 1) * each);
        float[] pixels = Pixels.of(one, (int) shape[3], how);
        images.add(Picture.ofPixels(pixels, (int) shape[1], (int) shape[2]));
      }
    }
    return images;
  }
}
