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

/** Batches of pictures that are prepared one by one on a pool of threads. */
final class Assembler implements AutoCloseable {
  private final ExecutorService pool;
  private final IntFunction<String> names;

  /**
   * Starts the threads.
   *
   * @param names what to call a row in errors
   */
  Assembler(int threads, IntFunction<String> names) {
    this.pool = Threads.pool(threads, "graft-picture");
    this.names = names;
  }

  /**
   * One tensor of the pictures that {@code prepare} makes of {@code rows}; the caller closes it.
   *
   * @param one the shape of a picture
   */
  Tensor batch(int[] rows, long[] one, IntFunction<Tensor> prepare) {
    Tensor batch = Tensors.room(rows.length, one[0], one[1], one[2]);
    AtomicBoolean failed = new AtomicBoolean();
    List<Future<?>> pending = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      int place = i;
      pending.add(
          pool.submit(
              () -> {
                if (!failed.get()) {
                  copy(rows[place], prepare, batch, place);
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

  private void copy(int row, IntFunction<Tensor> prepare, Tensor batch, int place) {
    try (Tensor picture = prepare.apply(row)) {
      long[] came = picture.shape().asArray();
      long[] expected = batch.shape().tail().asArray();
      if (!Arrays.equals(came, expected)) {
        throw new DataException(
            names.apply(row)
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
  public void close() {
    pool.shutdown();
    Threads.await(pool);
  }
}
