package dev.graft.train;

import dev.graft.config.Config;

/**
 * A rate that goes up and down along lines (Smith, "Cyclical learning rates", 2017), as TensorFlow
 * Addons has it.
 *
 * @param low the lower bound
 * @param high the upper bound
 * @param half steps from one bound to the other ({@code step_size})
 * @param mode how the upper bound changes
 * @param gamma base of {@link Mode#EXP_RANGE}
 */
public record CyclicalLearningRate(double low, double high, double half, Mode mode, double gamma)
    implements Schedule {
  /** How the upper bound changes from cycle to cycle. */
  public enum Mode {
    /** Not at all. */
    TRIANGULAR,
    /** Its distance from the lower one halves after each cycle. */
    TRIANGULAR2,
    /** Its distance is multiplied by {@code gamma} at each step. */
    EXP_RANGE
  }

  static CyclicalLearningRate read(Config c) {
    Mode mode =
        switch (c.string("mode", "triangular")) {
          case "triangular" -> Mode.TRIANGULAR;
          case "triangular2" -> Mode.TRIANGULAR2;
          case "exp_range" -> Mode.EXP_RANGE;
          default -> throw c.get("mode").wrong("triangular, triangular2 or exp_range");
        };
    return new CyclicalLearningRate(
        c.number("initial_learning_rate"),
        c.number("maximal_learning_rate"),
        ExponentialDecay.positive(c, "step_size"),
        mode,
        c.number("gamma", 1));
  }

  @Override
  public float rate(long step) {
    double cycle = Math.floor(1 + step / (2 * half));
    double x = Math.abs(step / half - 2 * cycle + 1);
    double scale =
        switch (mode) {
          case TRIANGULAR -> 1;
          case TRIANGULAR2 -> Math.pow(2, 1 - cycle);
          case EXP_RANGE -> Math.pow(gamma, (double) step);
        };
    return (float) (low + (high - low) * Math.max(0, 1 - x) * scale);
  }

  @Override
  public Object config() {
    return low;
  }
}
