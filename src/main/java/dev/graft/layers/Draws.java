package dev.graft.layers;

import dev.graft.config.Config;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.Shape;

/** Random numbers for as many elements as a weight has. */
record Draws(int count, RandomGenerator random) {
  /** From {@code random}, or, with a seed of the initializer's own, from that alone. */
  static Draws of(Shape shape, Long seed, RandomGenerator random) {
    return new Draws(
        Math.toIntExact(shape.size()), seed == null ? random : new SplittableRandom(seed));
  }

  /** The setting {@code seed}: a number, Keras 3's seed generator with one, or null. */
  static Long seed(Config c) {
    if (!c.has("seed")) {
      return null;
    }
    Config seed = c.get("seed");
    if (seed.isObject()) {
      seed.ignore("module", "class_name", "registered_name");
      Config inner = seed.get("config");
      inner.ignore("name");
      return seed(inner);
    }
    return seed.whole();
  }

  private float[] fill(DoubleSupplier next) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) next.getAsDouble();
    }
    return values;
  }

  float[] uniform(double low, double high) {
    return fill(() -> low + (high - low) * random.nextDouble());
  }

  float[] normal(double mean, double deviation) {
    return fill(() -> mean + deviation * random.nextGaussian());
  }

  /** Normal numbers; those beyond two deviations are drawn again. */
  float[] truncated(double mean, double deviation) {
    return fill(
        () -> {
          double value = random.nextGaussian();
          while (Math.abs(value) > 2) {
            value = random.nextGaussian();
          }
          return mean + deviation * value;
        });
  }
}
