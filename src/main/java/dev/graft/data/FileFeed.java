package dev.graft.data;

import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.files.Sha256;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import dev.graft.runtime.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/** Image files, decoded and prepared by a pool of threads that call one graph. */
final class FileFeed implements Feed {
  private final List<Path> files;
  private final Augmentation changes;
  private final ImageGraph graph;
  private final JpegGroups groups;
  private final int threads;
  private final String how;
  private final Assembler assembler;

  FileFeed(Column.Pictures column, Preparation preparation, Settings settings) {
    files = column.files();
    changes = preparation.changes();
    if (changes != null && preparation.image().size() == null) {
      throw new SettingException(
          "data.augment: changes pictures of one size. Give 'image' a 'size'.");
    }
    graph = ImageGraph.ofFiles(preparation.image(), changes);
    groups = new JpegGroups(preparation.image());
    threads = settings.threads();
    how = Json.compact(preparation.image().config());
    assembler = new Assembler(settings.threads(), row -> FileNames.display(files.get(row)));
  }

  @Override
  public Spec spec() {
    long[] one = graph.shape();
    return new Spec(Shape.of(-1, one[0], one[1], one[2]), DType.FLOAT32);
  }

  @Override
  public Tensor batch(int[] rows, long draw) {
    long[] one = shape(rows[0]);
    if (changes != null && draw >= 0) {
      return assembler.batch(rows, one, 1, row -> picture(row[0], draw));
    }
    return assembler.batch(rows, one, groups.size(rows.length, threads), part -> some(part, one));
  }

  /** Pictures as they are, together where that can be. */
  private Tensor some(int[] rows, long[] one) {
    Tensor together = groups.prepared(IntStream.of(rows).mapToObj(files::get).toList());
    return together != null
        ? together
        : rows.length == 1
            ? picture(rows[0], -1)
            : assembler.single(rows, one, row -> picture(row[0], -1));
  }

  private Tensor picture(int row, long draw) {
    Change change = null;
    if (changes != null && draw >= 0) {
      long[] size = graph.shape();
      change = changes.change(draw, row, (int) size[0], (int) size[1]);
    }
    return PictureFile.decoded(graph, files.get(row), change);
  }

  private long[] shape(int row) {
    long[] known = graph.shape();
    if (known[0] >= 0) {
      return known;
    }
    try (Tensor picture = PictureFile.decoded(graph, files.get(row), null)) {
      return picture.shape().asArray();
    }
  }

  /** By content: a photo that was moved is the same, one that was replaced is not. */
  @Override
  public String identity(int row) {
    return Sha256.of(files.get(row)) + " " + how;
  }

  @Override
  public void close() {
    assembler.close();
    groups.close();
    graph.close();
  }
}
