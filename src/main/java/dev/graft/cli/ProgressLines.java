package dev.graft.cli;

import dev.graft.progress.Progress;
import java.io.PrintStream;
import java.util.Locale;

/** Progress as plain lines: one an epoch. */
final class ProgressLines implements Progress {
  private final PrintStream err;

  ProgressLines(PrintStream err) {
    this.err = err;
  }

  @Override
  public void on(Event event) {
    if (event instanceof EpochEnded e) {
      StringBuilder text =
          new StringBuilder(
              String.format(
                  Locale.ROOT,
                  "%s: epoch %d/%d - %.1f s",
                  e.stage(),
                  e.epoch() + 1,
                  e.epochs(),
                  e.seconds()));
      e.logs().forEach((k, v) -> text.append(String.format(Locale.ROOT, " - %s: %.4g", k, v)));
      err.println(text);
    } else if (event instanceof Message m) {
      err.println(m.text());
    }
  }
}
