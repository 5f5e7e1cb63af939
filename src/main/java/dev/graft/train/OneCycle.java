package dev.graft.train;

import dev.graft.config.Config;

/**
 * The 1cycle schedule (Smith, "A disciplined approach to neural network hyper-parameters", 2018) in
 * Géron's form: along a line from {@code max / 10} up to {@code max} and back, each for not quite
 * half of the steps, and in the last tenth down to {@code max / 10 / finalDivisor}.
 *
 * @param max the highest rate
 * @param finalDivisor by how much the last rate is below the first
 * @param epochs how long it lasts; 0 for the whole stage
 * @param steps the same in steps, once known
 */
public record OneCycle(double max, double finalDivisor, int epochs, long steps)
    implements Schedule {
  private static final double START_DIVISOR = 10;
  private static final double FINAL_DIVISOR = 1000;

  static OneCycle read(Config c) {
    return new OneCycle(
        c.number("max_rate"), c.number("final_div", FINAL_DIVISOR), c.integer("epochs", 0), 0);
  }

  @Override
  public Schedule over(int stepsPerEpoch, int stageEpochs) {
    return new OneCycle(
        max, finalDivisor, epochs, (long) stepsPerEpoch * (epochs == 0 ? stageEpochs : epochs));
  }

  @Override
  public float rate(long step) {
    double start = max / START_DIVISOR;
    double last = start / finalDivisor;
    long half = (steps - (steps / 10 + 1)) / 2;
    if (step < half) {
      return (float) between(step, 0, half, start, max);
    }
    if (step < 2 * half) {
      return (float) between(step, half, 2 * half, max, start);
    }
    return (float) between(Math.min(step, steps), 2 * half, Math.max(steps, 1), start, last);
  }

  private static double between(long at, long from, long to, double first, double second) {
    return (second - first) * (at - from) / (to - from) + first;
  }

  @Override
  public Object config() {
    return max / START_DIVISOR;
  }
}
