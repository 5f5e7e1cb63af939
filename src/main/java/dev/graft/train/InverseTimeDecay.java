package dev.graft.train;

import dev.graft.config.Config;

/** Keras's {@code start / (1 + rate · step / steps)}; in stairs, the quotient is rounded down. */
public record InverseTimeDecay(float start, float steps, float rate, boolean staircase)
    implements Schedule {
  static InverseTimeDecay read(Config c) {
    return new InverseTimeDecay(
        (float) c.number("initial_learning_rate"),
        (float) ExponentialDecay.positive(c, "decay_steps"),
        (float) c.number("decay_rate"),
        c.flag("staircase", false));
  }

  @Override
  public float rate(long step) {
    float p = step / steps;
    return start / (1 + rate * (staircase ? (float) Math.floor(p) : p));
  }

  @Override
  public Object config() {
    return Schedule.keras(
        "InverseTimeDecay", ExponentialDecay.decay(start, steps, rate, staircase));
  }
}
