package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Sizes along the spatial dimensions, as Keras takes them: one number for all, or a list. */
public final class Numbers {
  private Numbers() {}

  /** The {@code count} sizes under {@code key}; a single number stands for all of them. */
  public static List<Integer> sizes(Config config, String key, int count, Integer absent) {
    if (!config.has(key) && absent != null) {
      return Collections.nCopies(count, absent);
    }
    return each(config.get(key), count, 1);
  }

  /** The {@code count} numbers under {@code key}, 0 allowed; a single one stands for all. */
  static List<Integer> counts(Config config, String key, int count) {
    return each(config.get(key), count, 0);
  }

  private static List<Integer> each(Config value, int count, int least) {
    int[] numbers = value.integers();
    if (!value.isList()) {
      numbers = Collections.nCopies(count, numbers[0]).stream().mapToInt(n -> n).toArray();
    }
    if (numbers.length != count || Arrays.stream(numbers).anyMatch(n -> n < least)) {
      throw value.wrong(count + " whole numbers of at least " + least);
    }
    return Arrays.stream(numbers).boxed().toList();
  }

  /** The whole numbers under {@code key}, in file order; a single one is a list of one. */
  static List<Integer> list(Config config, String key) {
    return Arrays.stream(config.get(key).integers()).boxed().toList();
  }

  /** {@code list} as Keras writes it: the only one of one, without a list. */
  static Object single(List<?> list) {
    return list.size() == 1 ? list.get(0) : list;
  }

  /** The number under {@code key}, which must not be negative. */
  static double atLeastZero(Config config, String key, double absent) {
    double value = config.number(key, absent);
    if (value < 0) {
      throw config.get(key).wrong("a number of at least 0");
    }
    return value;
  }

  /** The number under {@code key} as a share of 1. */
  static double share(Config config, String key) {
    double value = config.number(key);
    if (value < 0 || value > 1) {
      throw config.get(key).wrong("a share between 0 and 1");
    }
    return value;
  }

  /** The seed, or null. */
  static Integer seed(Config config) {
    return config.has("seed") ? config.integer("seed") : null;
  }

  /** The numbers of an array, which Keras 3 may write as an object of its own. */
  static Config array(Config value) {
    if (!value.isObject()) {
      return value;
    }
    value.ignore("module", "class_name", "registered_name");
    Config inner = value.get("config");
    inner.ignore("dtype");
    return inner.isObject() ? inner.get("value") : inner;
  }

  /** {@code tensor} as float32; other types are converted. */
  @SuppressWarnings("unchecked")
  static Operand<TFloat32> floats(Ops tf, Operand<?> tensor) {
    return tensor.type() == TFloat32.class
        ? (Operand<TFloat32>) tensor
        : tf.dtypes.cast(tensor, TFloat32.class);
  }
}
