package dev.graft.cli;

import dev.graft.data.Examples;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.recipe.CheckpointScores;
import dev.graft.recipe.Recipe;
import dev.graft.recipe.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;

/** Follows the checkpoints of a run that another process writes, and scores each new one. */
final class Watch {
  private static final int INTERRUPTED = 130;

  private final Path folder;
  private final Console console;
  private final Surroundings around;
  private final Settings settings;

  /**
   * How to follow.
   *
   * @param interval between two looks; null looks once
   * @param averages takes the averages kept beside the weights in their place
   * @param data opens examples for the run's recipe, or null for those it validates with
   */
  record Settings(Duration interval, boolean averages, Function<Recipe, Examples> data) {}

  Watch(Path folder, Console console, Surroundings around, Settings settings) {
    this.folder = folder;
    this.console = console;
    this.around = around;
    this.settings = settings;
  }

  /** Until the run is over, or the user ends it. */
  int run() {
    console.interrupt().watch();
    while (!CheckpointScores.begun(folder)) {
      console.out().println("No checkpoint file found in " + folder);
      if (settings.interval() == null) {
        return 0;
      }
      if (!pause()) {
        return INTERRUPTED;
      }
    }
    try (Recipe recipe = CheckpointScores.recipe(folder, around);
        CheckpointScores scores =
            new CheckpointScores(folder, recipe, around, settings.averages());
        Examples own = settings.data() == null ? null : settings.data().apply(recipe)) {
      return follow(scores, own);
    }
  }

  private int follow(CheckpointScores scores, Examples own) {
    do {
      // Asked first: what is written before a run is over is scored in this turn.
      boolean over = scores.over();
      if (scores.newest().isEmpty()) {
        console.out().println("No checkpoint file found in " + folder);
      } else {
        Examples examples = own == null ? scores.validation() : own;
        if (examples == null) {
          throw new DataException(
              folder + ": the run has no validation data. Name some with --data.");
        }
        Optional<CheckpointScores.Scores> next = scores.next(examples);
        next.ifPresent(found -> console.out().println(line(found, own == null)));
      }
      if (over || settings.interval() == null) {
        return 0;
      }
    } while (pause());
    return INTERRUPTED;
  }

  private static String line(CheckpointScores.Scores scores, boolean validation) {
    StringJoiner text = new StringJoiner(", ");
    String before = validation ? "validation " : "";
    Map<String, Double> values = scores.values();
    for (String name : values.keySet()) {
      if (!name.equals("loss")) {
        text.add(String.format(Locale.ROOT, "%s%s = %.4f", before, word(name), values.get(name)));
      }
    }
    text.add(String.format(Locale.ROOT, "%sloss = %.4f", before, values.get("loss")));
    return "After " + scores.step() + " training steps, " + text;
  }

  private static String word(String name) {
    return name.equals("acc") ? "accuracy" : name;
  }

  /** False when the user ended it. */
  private boolean pause() {
    long until = System.nanoTime() + settings.interval().toNanos();
    while (System.nanoTime() < until) {
      if (console.interrupt().getAsBoolean()) {
        return false;
      }
      try {
        Thread.sleep(Math.min(100, Math.max(1, (until - System.nanoTime()) / 1_000_000)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SettingException("evaluate: interrupted while waiting.", e);
      }
    }
    return !console.interrupt().getAsBoolean();
  }
}
