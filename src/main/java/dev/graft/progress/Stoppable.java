package dev.graft.progress;

import dev.graft.error.StoppedException;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * Ends the work it listens to at the next sign of life after that is wished for, where nothing is
 * half done that has to be saved first.
 */
final class Stoppable implements Progress {
  private final Progress listener;
  private final BooleanSupplier wished;
  private PhaseStarted phase = new PhaseStarted("", -1, "");

  Stoppable(Progress listener, BooleanSupplier wished) {
    this.listener = listener;
    this.wished = wished;
  }

  @Override
  public void on(Event event) {
    listener.on(event);
    if (event instanceof PhaseStarted started) {
      phase = started;
    } else if (event instanceof Advanced advanced && wished.getAsBoolean()) {
      throw new StoppedException(
          String.format(
              Locale.ROOT,
              "interrupted (%s, %,d%s %s).",
              phase.name(),
              advanced.done(),
              phase.total() < 0 ? "" : String.format(Locale.ROOT, " of %,d", phase.total()),
              phase.unit()));
    }
  }
}
