package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.progress.Progress;

/** How much of a stage is shown: Keras's {@code verbose}. Warnings are always shown. */
enum Verbosity {
  /** Nothing but warnings: 0. */
  SILENT,
  /** A bar on a terminal, a line an epoch elsewhere: 1 or {@code "auto"}. */
  BAR,
  /** A line an epoch: 2. */
  LINES;

  static Verbosity read(Config stage) {
    if (!stage.has("verbose")) {
      return BAR;
    }
    Config value = stage.get("verbose");
    if (value.isString() && value.string().equals("auto")) {
      return BAR;
    }
    if (value.isNumber() && value.whole() >= 0 && value.whole() < values().length) {
      return values()[value.integer()];
    }
    throw value.wrong("0 (nothing), 1 or \"auto\" (a bar) or 2 (a line an epoch)");
  }

  /** What {@code listener} is to hear of a stage. */
  Progress of(Progress listener) {
    return switch (this) {
      case BAR -> listener;
      case SILENT ->
          event -> {
            if (event instanceof Progress.Message || event instanceof Progress.Spent) {
              listener.on(event);
            }
          };
      case LINES ->
          event -> {
            if (event instanceof Progress.Message
                || event instanceof Progress.Spent
                || event instanceof Progress.EpochStarted
                || event instanceof Progress.EpochEnded) {
              listener.on(event);
            }
          };
    };
  }
}
