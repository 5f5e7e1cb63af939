package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import java.util.Map;

/**
 * A log that a callback watches, and what counts as better. Source:
 * keras/src/callbacks/monitor_callback.py, Keras 3.15.
 *
 * @param log its name, such as {@code val_loss}
 * @param mode {@code min}, {@code max} or {@code auto}
 * @param minDelta by how much it must be better, not below 0
 */
public record Monitor(String log, String mode, double minDelta) {
  /** Reads {@code monitor}, {@code mode} and {@code min_delta}. */
  static Monitor read(Config c, double minDelta) {
    String mode = c.string("mode", "auto");
    if (!mode.equals("auto") && !mode.equals("min") && !mode.equals("max")) {
      throw c.get("mode").wrong("auto, min or max");
    }
    return new Monitor(
        c.string("monitor", "val_loss"), mode, Math.abs(c.number("min_delta", minDelta)));
  }

  /**
   * Refuses a log that no epoch will have.
   *
   * @throws SettingException naming those there are
   */
  void check(String callback, Training training) {
    if (!training.logs().contains(log)) {
      throw new SettingException(
          "stage '"
              + training.stage().name()
              + "', "
              + callback
              + ": nothing is logged as '"
              + log
              + "'."
              + Nearest.hint(log, training.logs())
              + " Logged are "
              + String.join(", ", training.logs())
              + ".");
    }
    if (mode.equals("auto") && training.higherIsBetter(log) == null) {
      throw new SettingException(
          "stage '"
              + training.stage().name()
              + "', "
              + callback
              + ": whether more or less of '"
              + log
              + "' is better is not known. Set mode to min or max.");
    }
  }

  /** True when {@code value} is better than {@code best}, or {@code best} is null. */
  boolean better(Training training, double value, Double best) {
    if (best == null) {
      return true;
    }
    boolean up = mode.equals("auto") ? training.higherIsBetter(log) : mode.equals("max");
    return up ? value - minDelta > best : value + minDelta < best;
  }

  /** The value in the logs of an epoch, or null when it was not scored after this one. */
  Double value(Map<String, Double> logs) {
    return logs.get(log);
  }
}
