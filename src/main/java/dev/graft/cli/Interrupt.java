package dev.graft.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C as a question: training asks after each step, saves, and ends by itself.
 *
 * <p>The process may not end before that is done, so the shutdown hook waits for it.
 */
final class Interrupt implements BooleanSupplier {
  /** Longer than any save of a checkpoint should take. */
  private static final long PATIENCE_SECONDS = 120;

  private volatile boolean asked;
  private volatile boolean watching;
  private final CountDownLatch saved = new CountDownLatch(1);

  /** From now on Ctrl-C is only a wish, until {@link #done}. */
  void watch() {
    if (!watching) {
      watching = true;
      Runtime.getRuntime().addShutdownHook(new Thread(this::hold, "graft-interrupt"));
    }
  }

  /** Wishes that what runs comes to an end. */
  void ask() {
    asked = true;
  }

  private void hold() {
    ask();
    try {
      saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Everything that had to be saved is saved. */
  void done() {
    saved.countDown();
  }

  @Override
  public boolean getAsBoolean() {
    return asked;
  }
}
