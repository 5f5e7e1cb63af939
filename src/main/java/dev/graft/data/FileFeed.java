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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
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
    List<Future<Picture>> pending = new ArrayList<>();
    for (int row : rows) {
      pending.add(pool.submit(() -> prepare(row)));
    }
    try {
      return assemble(rows, pending);
    } finally {
      pending.forEach(task -> task.cancel(false));
    }
  }

  private Tensor assemble(int[] rows, List<Future<Picture>> pending) {
    Picture first = get(pending.get(0));
    float[] values = new float[Math.multiplyExact(rows.length, first.values().length)];
    for (int i = 0; i < rows.length; i++) {
      Picture picture = get(pending.get(i));
      if (!Arrays.equals(picture.shape(), first.shape())) {
        throw new DataException(
            FileNames.display(files.get(rows[i]))
                + ": is "
                + Arrays.toString(picture.shape())
                + ", the first picture of its batch is "
                + Arrays.toString(first.shape())
                + ". Give 'image' a 'size'.");
      }
      System.arraycopy(
          picture.values(), 0, values, i * first.values().length, first.values().length);
    }
    long[] one = first.shape();
    return Tensors.floats(values, rows.length, one[0], one[1], one[2]);
  }

  private static Picture get(Future<Picture> pending) {
    try {
      return pending.get();
    } catch (InterruptedException e) {
      throw Threads.interrupted(e);
    } catch (ExecutionException e) {
      throw Threads.unwrapped(e);
    }
  }

  private Picture prepare(int row) {
    try (Tensor tensor = PictureFile.decoded(graph, files.get(row))) {
      return new Picture(Tensors.read(tensor), tensor.shape().asArray());
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

  private record Picture(float[] values, long[] shape) {}
}
