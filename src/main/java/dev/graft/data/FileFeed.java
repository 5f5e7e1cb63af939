package dev.graft.data;

import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/** Image files, decoded and prepared by a pool of threads that call one graph. */
final class FileFeed implements Feed {
  private final List<Path> files;
  private final ImageGraph graph;
  private final String how;
  private final ExecutorService pool;

  FileFeed(Column.Pictures column, Preprocessing image, Settings settings) {
    files = column.files();
    graph = ImageGraph.ofFiles(image);
    how = Json.compact(image.config());
    pool = Threads.pool(settings.threads(), "graft-decode");
  }

  @Override
  public Spec spec() {
    long[] one = graph.shape();
    return new Spec(Shape.of(-1, one[0], one[1], one[2]), DType.FLOAT32);
  }

  @Override
  public Tensor batch(int[] rows) {
    long[] one = shape(rows[0]);
    Tensor batch = Tensors.room(rows.length, one[0], one[1], one[2]);
    AtomicBoolean failed = new AtomicBoolean();
    List<Future<?>> pending = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      int place = i;
      pending.add(pool.submit(() -> prepare(rows[place], batch, place, failed)));
    }
    RuntimeException first = null;
    for (Future<?> task : pending) {
      // All are waited for: none may write into a batch that was freed.
      RuntimeException error = Threads.outcome(task);
      failed.set(failed.get() || error != null);
      first = first == null ? error : first;
    }
    if (first != null) {
      batch.close();
      throw first;
    }
    return batch;
  }

  private long[] shape(int row) {
    long[] known = graph.shape();
    if (known[0] >= 0) {
      return known;
    }
    try (Tensor picture = PictureFile.decoded(graph, files.get(row))) {
      return picture.shape().asArray();
    }
  }

  private void prepare(int row, Tensor batch, int place, AtomicBoolean failed) {
    if (failed.get()) {
      return;
    }
    try (Tensor picture = PictureFile.decoded(graph, files.get(row))) {
      long[] came = picture.shape().asArray();
      long[] expected = batch.shape().tail().asArray();
      if (!Arrays.equals(came, expected)) {
        throw new DataException(
            FileNames.display(files.get(row))
                + ": is "
                + Arrays.toString(came)
                + ", the first picture of its batch is "
                + Arrays.toString(expected)
                + ". Give 'image' a 'size'.");
      }
      Tensors.copy(picture, batch, place * picture.size());
    }
  }

  @Override
  public String identity(int row) {
    Path file = files.get(row);
    try {
      return file.toAbsolutePath()
          + " "
          + Files.size(file)
          + " "
          + Files.getLastModifiedTime(file).toMillis()
          + " "
          + how;
    } catch (IOException e) {
      throw new DataException(FileNames.display(file) + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    pool.shutdown();
    Threads.await(pool);
    graph.close();
  }
}
