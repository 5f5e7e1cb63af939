package dev.graft.runtime;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Two pieces of work that know nothing of each other, at the same time. */
public final class Beside {
  private Beside() {}

  /**
   * Runs {@code other} on a thread of its own and {@code here} on this one, and waits for both.
   * What either throws is thrown; {@code here} goes first.
   */
  public static void run(Runnable other, Runnable here) {
    Future<Void> task = begin(other);
    Throwable failure = null;
    try {
      here.run();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    try {
      outcome(task);
    } catch (RuntimeException | Error e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  /** Begins {@code work} on a thread of its own; {@link #outcome} waits for it. */
  public static Future<Void> begin(Runnable work) {
    FutureTask<Void> task = new FutureTask<>(work, null);
    Thread thread = new Thread(task, "graft-beside");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** What {@code future} gives, or throws, even when waiting is interrupted. */
  public static <T> T outcome(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
