package dev.graft.train;

import java.util.Map;
import java.util.Optional;

/** A learning rate as a function of the step, computed in float32 as Keras does. */
public interface Schedule {
  /** The learning rate of update number {@code step}, counted from 0 since the stage began. */
  float rate(long step);

  /**
   * What Keras's optimizer config holds under {@code learning_rate}: a number, or a serialised
   * schedule of Keras's. A schedule that Keras does not have stands as the number it begins with.
   */
  Object config();

  /** The same schedule for a stage of so many epochs and steps, where that is left open. */
  default Schedule over(int stepsPerEpoch, int epochs) {
    return this;
  }

  /** The schedule after a callback has set the rate, or nothing when a callback may not. */
  default Optional<Schedule> startingAt(float rate) {
    return Optional.empty();
  }

  /** True when a callback may set the rate. */
  default boolean settable() {
    return startingAt(1).isPresent();
  }

  /** A schedule of Keras's as its configs have it. */
  static Map<String, Object> keras(String className, Map<String, Object> config) {
    return Map.of(
        "module", "keras.optimizers.schedules", "class_name", className, "config", config);
  }

  /** The same rate at every step; a callback may change it. */
  record Constant(float rate) implements Schedule {
    @Override
    public float rate(long step) {
      return rate;
    }

    @Override
    public Object config() {
      return Double.parseDouble(Float.toString(rate));
    }

    @Override
    public Optional<Schedule> startingAt(float other) {
      return Optional.of(new Constant(other));
    }
  }
}
