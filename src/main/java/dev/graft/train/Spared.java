package dev.graft.train;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Writing that is left out where it would take a good part of the time: it is due again once ten
 * times as long as it last took has gone by. Very short epochs then do not each wait for the disk.
 */
public final class Spared {
  private static final int WORTH = 10;

  private final LongSupplier clock;
  private long done;
  private long cost;

  /** Due at once. */
  public Spared() {
    this(System::nanoTime);
  }

  Spared(LongSupplier clock) {
    this.clock = clock;
    this.done = clock.getAsLong();
  }

  /** Whether it is worth doing now. */
  public boolean due() {
    return clock.getAsLong() - done >= WORTH * cost;
  }

  /** Whether so much time has gone by since it was last done, or since the beginning. */
  boolean passed(Duration time) {
    return clock.getAsLong() - done >= time.toNanos();
  }

  /** Begins anew: the time counts from now, and doing it is taken to cost so many nanoseconds. */
  void begin(long expected) {
    done = clock.getAsLong();
    cost = expected;
  }

  /** Does it, and sees how long it takes. */
  public void run(Runnable work) {
    long began = clock.getAsLong();
    work.run();
    done = clock.getAsLong();
    cost = done - began;
  }
}
