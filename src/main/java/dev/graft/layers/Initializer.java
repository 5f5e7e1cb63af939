package dev.graft.layers;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.Shape;

/** Keras initializer: the first value of a weight. Same distribution as Keras, other draws. */
public interface Initializer {
  /** Keras's class name, such as {@code GlorotUniform}. */
  default String className() {
    return getClass().getSimpleName();
  }

  /** Values for a weight of {@code shape}, in row-major order. */
  float[] values(Shape shape, RandomGenerator random);

  /** Keras's {@code get_config()}. */
  Map<String, Object> config();
}
