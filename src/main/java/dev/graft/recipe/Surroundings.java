package dev.graft.recipe;

import dev.graft.fetch.Places;
import dev.graft.layers.Layers;
import dev.graft.progress.Progress;
import dev.graft.report.Timings;
import dev.graft.runtime.Settings;
import dev.graft.train.Additions;
import java.util.function.BooleanSupplier;

/**
 * What a run needs from outside its recipe.
 *
 * @param places where data and weights are looked for by name
 * @param settings threads, device, precision
 * @param layers the layers known, a user's own among them
 * @param additions a user's own losses, metrics and callbacks
 * @param progress who listens
 * @param interrupted true once the user wants the run to save and end
 */
public record Surroundings(
    Places places,
    Settings settings,
    Layers layers,
    Additions additions,
    Progress progress,
    BooleanSupplier interrupted) {
  /** The same, with a listener that knows where the seconds went, for the page of a run. */
  public Surroundings timed() {
    return new Surroundings(places, settings, layers, additions, Timings.of(progress), interrupted);
  }

  /** The same with other threads, device or precision. */
  public Surroundings with(Settings other) {
    return new Surroundings(places, other, layers, additions, progress, interrupted);
  }

  /** Without a user's own losses, metrics and callbacks. */
  public Surroundings(
      Places places,
      Settings settings,
      Layers layers,
      Progress progress,
      BooleanSupplier interrupted) {
    this(places, settings, layers, Additions.NONE, progress, interrupted);
  }
}
