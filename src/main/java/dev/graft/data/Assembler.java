package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/** Batches of pictures that are prepared on a pool of threads, one by one or some together. */
final class Assembler implements AutoCloseable {
  private final ExecutorService pool;
  private final IntFunction<String> names;
  private final boolean several;

  /**
   * Starts the threads.
   *
   * @param names what to call a row in errors
   */
  Assembler(int threads, IntFunction<String> names) {
    this.pool = Threads.pool(threads, "graft-picture");
    this.names = names;
    this.several = threads > 1;
  }

  /** Makes pictures of a batch. */
  interface Maker {
    /**
     * The pictures of some rows, one after the other: (height, width, channels) of one, (rows,
     * height, width, channels) of several. It is closed by whoever asked.
     */
    Tensor make(int[] rows);
  }

  /**
   * One tensor of the pictures that {@code maker} makes of {@code rows}; the caller closes it.
   *
   * @param one the shape of a picture
   * @param together how many the maker is asked for at a time
   */
  Tensor batch(int[] rows, long[] one, int together, Maker maker) {
    if (several && rows.length > 1 && rows.length <= together) {
      // What two batches at a time are made of keeps all threads busy.
      return maker.make(rows);
    }
    Tensor batch = Tensors.room(rows.length, one[0], one[1], one[2]);
    AtomicBoolean failed = new AtomicBoolean();
    List<Future<?>> pending = new ArrayList<>();
    for (int from = 0; from < rows.length; from += together) {
      int place = from;
      int[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + together));
      pending.add(
          pool.submit(
              () -> {
                if (!failed.get()) {
                  copy(part, maker, batch, place);
                }
              }));
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

  /** As the other method, of pictures that are made one by one on this thread. */
  Tensor single(int[] rows, long[] one, Maker maker) {
    Tensor batch = Tensors.room(rows.length, one[0], one[1], one[2]);
    try {
      for (int i = 0; i < rows.length; i++) {
        copy(new int[] {rows[i]}, maker, batch, i);
      }
      return batch;
    } catch (RuntimeException e) {
      batch.close();
      throw e;
    }
  }

  private void copy(int[] part, Maker maker, Tensor batch, int place) {
    try (Tensor pictures = maker.make(part)) {
      Shape came = pictures.shape();
      long[] size = (part.length == 1 ? came : came.tail()).asArray();
      long[] expected = batch.shape().tail().asArray();
      if (!Arrays.equals(size, expected)) {
        throw new DataException(
            names.apply(part[0])
                + ": is "
                + Arrays.toString(size)
                + ", the first picture of its batch is "
                + Arrays.toString(expected)
                + ". Give 'image' a 'size'.");
      }
      Tensors.copy(pictures, batch, place * pictures.size() / part.length);
    }
  }

  @Override
  public void close() {
    pool.shutdown();
    Threads.await(pool);
  }
}
