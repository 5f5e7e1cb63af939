package dev.graft.recipe;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Two pieces of work that know nothing of each other, at the same time. */
final class Beside {
  private Beside() {}

  /**
   * Runs {@code other} on a thread of its own and {@code here} on this one, and waits for both.
   * What either throws is thrown; {@code here} goes first.
   */
  static void run(Runnable other, Runnable here) {
    FutureTask<Void> task = new FutureTask<>(other, null);
    Thread thread = new Thread(task, "graft-beside");
    thread.setDaemon(true);
    thread.start();
    Throwable failure = null;
    try {
      here.run();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    Throwable second = outcome(task);
    if (failure == null) {
      failure = second;
    } else if (second != null) {
      failure.addSuppressed(second);
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  private static Throwable outcome(FutureTask<Void> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      return e.getCause();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
