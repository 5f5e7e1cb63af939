package dev.graft.recipe;

import dev.graft.runtime.Beside;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Work that nobody waits for yet: it is done on one thread, piece after piece, while others prepare
 * and train.
 */
final class Ahead implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "graft-ahead");
            made.setDaemon(true);
            return made;
          });

  /** Begins {@code work} as soon as what was begun before is done; the result waits for it. */
  <T> Supplier<T> begin(Supplier<T> work) {
    Future<T> future = thread.submit(work::get);
    return () -> Beside.outcome(future);
  }

  /** As {@link #begin}, of work that gives nothing; what comes back waits for its end. */
  Runnable run(Runnable work) {
    Future<?> future = thread.submit(work);
    return () -> Beside.outcome(future);
  }

  /** Ends what is being done, whose result nobody wants any more, and waits until it has ended. */
  @Override
  public void close() {
    thread.shutdownNow();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        thread.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
