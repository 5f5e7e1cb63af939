package dev.graft.recipe;

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
    try {
      Ahead.outcome(task);
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
}
