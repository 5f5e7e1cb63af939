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
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
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
    pool =
        Executors.newFixedThreadPool(
            settings.threads(),
            task -> {
              Thread thread = new Thread(task, "graft-decode");
              thread.setDaemon(true);
              return thread;
            });
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
            files.get(rows[i])
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
      Thread.currentThread().interrupt();
      throw new java.util.concurrent.CancellationException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Picture prepare(int row) {
    Path file = files.get(row);
    try (Tensor tensor = graph.file(PictureFile.read(file))) {
      return new Picture(Tensors.read(tensor), tensor.shape().asArray());
    } catch (TensorFlowException e) {
      throw PictureFile.undecodable(file, e);
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
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    pool.shutdown();
    try {
      pool.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    graph.close();
  }

  private record Picture(float[] values, long[] shape) {}
}
