package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the loss is multiplied by, and the gradients divided by, so that small gradients do not
 * vanish in float16. It doubles after 2,000 good steps and halves when a gradient overflows; the
 * step is then tried again, where Keras's LossScaleOptimizer leaves its examples out. Always a
 * power of two, so that it changes nothing but what would vanish or overflow.
 *
 * @param value the factor
 * @param good steps without overflow since it last changed
 */
public record LossScale(float value, int good) {
  /** Keras's first factor, 2 to the power of 15. */
  static final LossScale FIRST = new LossScale(32768, 0);

  private static final int STEPS_TO_GROW = 2000;

  /** Below this it is not the scale that makes gradients overflow. */
  private static final float LEAST = 1f / 16384;

  /** After a step without overflow. */
  LossScale grown() {
    return good + 1 < STEPS_TO_GROW ? new LossScale(value, good + 1) : new LossScale(2 * value, 0);
  }

  /** After a step in which a gradient overflowed. */
  LossScale lowered() {
    return new LossScale(value / 2, 0);
  }

  /** True when lowering it further is of no use. */
  boolean least() {
    return value <= LEAST;
  }

  /** As plain data for JSON; {@link #read} is the way back. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("value", value);
    json.put("good", good);
    return json;
  }

  /** What {@link #json} wrote, or null. */
  static LossScale read(Config position) {
    if (!position.has("loss_scale")) {
      return null;
    }
    Config scale = position.get("loss_scale");
    return new LossScale((float) scale.number("value"), scale.integer("good"));
  }
}
