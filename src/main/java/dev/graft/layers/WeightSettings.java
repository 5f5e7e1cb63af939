package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Map;

/**
 * What Keras lets a layer say of one of its weights: {@code kernel_initializer}, {@code
 * kernel_regularizer}, {@code kernel_constraint}.
 *
 * @param regularizer or null
 * @param constraint or null
 */
public record WeightSettings(
    Initializer initializer, Regularizer regularizer, Constraint constraint) {
  /** The three settings that begin with {@code weight} in a layer's config. */
  public static WeightSettings read(Config c, String weight, String initializer) {
    return new WeightSettings(
        Initializers.read(c, weight + "_initializer", initializer),
        Regularizers.read(c, weight + "_regularizer"),
        Constraints.read(c, weight + "_constraint"));
  }

  /** The trainable slot {@code name} with these settings. */
  public Slot slot(String name, long... shape) {
    return Slot.of(name, initializer, shape).with(regularizer, constraint);
  }

  /** Writes the three settings into a layer's config. */
  public void into(Map<String, Object> config, String weight) {
    config.put(weight + "_initializer", Initializers.config(initializer));
    config.put(weight + "_regularizer", Regularizers.config(regularizer));
    config.put(weight + "_constraint", Constraints.config(constraint));
  }
}
