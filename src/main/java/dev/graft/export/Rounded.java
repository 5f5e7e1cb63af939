package dev.graft.export;

import dev.graft.error.SettingException;
import dev.graft.layers.Layers;
import dev.graft.runtime.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Looks whether a network still gives what it gave once it is computed in 16 bits. */
final class Rounded {
  private Rounded() {}

  /**
   * Runs what is in {@code path} on the inputs kept with it.
   *
   * @throws SettingException when what comes is too far from float32
   */
  static void check(Path path, Settings.Precision precision) {
    List<Finding> findings = new Verification(Settings.standard(), Layers.standard()).of(path);
    for (Finding finding : findings) {
      if (!finding.good()) {
        String word = precision.name().toLowerCase(Locale.ROOT);
        throw new SettingException(
            "--precision "
                + word
                + ": expected outputs within "
                + Rounding.tolerance(precision)
                + " of those in float32, came a "
                + finding.detail()
                + (precision == Settings.Precision.FLOAT16
                    ? ". Numbers above 65504 are infinite in float16: choose bfloat16 or float32."
                    : ". Choose float32."));
      }
    }
  }
}
