package dev.graft.report;

import dev.graft.error.DataException;
import dev.graft.files.AtomicFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Features of examples for TensorBoard's projector: {@code projector_config.pbtxt}, the vectors and
 * their labels as tab-separated text, and thumbnails on one sheet.
 */
public final class Projector {
  /** Edge of a thumbnail on the sheet, in pixels. */
  public static final int THUMBNAIL = 32;

  /** The projector reads sheets of at most 8192 pixels an edge. */
  private static final int LARGEST_SHEET = 8192;

  private Projector() {}

  /**
   * Examples to look at.
   *
   * @param width numbers an example
   * @param values one row an example, row-major
   * @param labels what each example is
   * @param files what each example is called
   * @param thumbnails one an example, {@link #THUMBNAIL} pixels high and wide, or none at all
   */
  public record Points(
      int width,
      float[] values,
      List<String> labels,
      List<String> files,
      List<BufferedImage> thumbnails) {
    /** Checks the lengths. */
    public Points {
      labels = List.copyOf(labels);
      files = List.copyOf(files);
      thumbnails = List.copyOf(thumbnails);
      int count = labels.size();
      if (values.length != count * width
          || files.size() != count
          || !(thumbnails.isEmpty() || thumbnails.size() == count)) {
        throw new DataException(
            "projector: expected "
                + width
                + " values and one name for each of "
                + count
                + " labels, came "
                + values.length
                + " values and "
                + files.size()
                + " names.");
      }
    }
  }

  /** Writes {@code points} into {@code folder}, the one that TensorBoard is pointed at. */
  public static void write(Path folder, Points points) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be made: " + e.getMessage() + ".", e);
    }
    AtomicFiles.string(folder.resolve("features.tsv"), vectors(points));
    AtomicFiles.string(folder.resolve("labels.tsv"), labels(points));
    StringBuilder config = new StringBuilder();
    config.append("embeddings {\n  tensor_name: \"features\"\n  tensor_path: \"features.tsv\"\n");
    config.append("  metadata_path: \"labels.tsv\"\n");
    int columns = (int) Math.ceil(Math.sqrt(points.thumbnails().size()));
    if (columns > 0 && columns * THUMBNAIL <= LARGEST_SHEET) {
      AtomicFiles.bytes(folder.resolve("thumbnails.png"), sheet(points, columns));
      config.append("  sprite {\n    image_path: \"thumbnails.png\"\n");
      config.append(("    single_image_dim: " + THUMBNAIL + "\n").repeat(2)).append("  }\n");
    }
    AtomicFiles.string(folder.resolve("projector_config.pbtxt"), config.append("}\n").toString());
  }

  private static String vectors(Points points) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < points.values().length; i++) {
      text.append(points.values()[i]).append((i + 1) % points.width() == 0 ? '\n' : '\t');
    }
    return text.toString();
  }

  private static String labels(Points points) {
    StringBuilder text = new StringBuilder("label\tfile\n");
    for (int i = 0; i < points.labels().size(); i++) {
      text.append(Figures.plain(points.labels().get(i)));
      text.append('\t').append(Figures.plain(points.files().get(i))).append('\n');
    }
    return text.toString();
  }

  private static byte[] sheet(Points points, int columns) {
    BufferedImage sheet =
        new BufferedImage(columns * THUMBNAIL, columns * THUMBNAIL, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < points.thumbnails().size(); i++) {
      BufferedImage one = points.thumbnails().get(i);
      int[] pixels = one.getRGB(0, 0, THUMBNAIL, THUMBNAIL, null, 0, THUMBNAIL);
      int x = i % columns * THUMBNAIL;
      sheet.setRGB(x, i / columns * THUMBNAIL, THUMBNAIL, THUMBNAIL, pixels, 0, THUMBNAIL);
    }
    return Picture.of(sheet).png();
  }
}
