package dev.graft.train;

import dev.graft.config.Config;

/**
 * Moving averages of the trained weights that are kept beside them, as TensorFlow's {@code
 * ExponentialMovingAverage}: checkpoints hold them under {@code layer/weight/}{@link #SUFFIX}, for
 * evaluation; the weights themselves stay as they are.
 *
 * @param decay share of the average kept at each update
 * @param withUpdates whether the share grows with the updates: {@code min(decay, (1 + n) / (10 +
 *     n))}
 */
public record Averages(double decay, boolean withUpdates) {
  /** What the name of an average ends in, after the name of its weight and a slash. */
  public static final String SUFFIX = "ExponentialMovingAverage";

  /** Reads {@code {"decay": 0.99, "num_updates": true}}, or a number, which is the decay. */
  public static Averages read(Config ema) {
    Averages read =
        ema.isNumber()
            ? new Averages(ema.number(), false)
            : new Averages(ema.number("decay"), ema.flag("num_updates", false));
    if (!(read.decay >= 0 && read.decay <= 1)) {
      throw ema.wrong("a decay between 0 and 1");
    }
    return read;
  }
}
