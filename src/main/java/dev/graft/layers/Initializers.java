package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.Shape;

/** Keras's initializers and their table of names. */
public final class Initializers {
  private Initializers() {}

  private static final Map<String, Function<Config, Initializer>> READERS = new LinkedHashMap<>();

  static {
    alias(c -> new Constant(0), "Zeros", "zeros", "zero");
    alias(c -> new Constant(1), "Ones", "ones", "one");
    alias(c -> new Constant(c.number("value", 0)), "Constant", "constant");
    scaling("GlorotUniform", "glorot_uniform", 1, "fan_avg", "uniform");
    scaling("GlorotNormal", "glorot_normal", 1, "fan_avg", "truncated_normal");
    scaling("HeUniform", "he_uniform", 2, "fan_in", "uniform");
    scaling("HeNormal", "he_normal", 2, "fan_in", "truncated_normal");
    scaling("LecunUniform", "lecun_uniform", 1, "fan_in", "uniform");
    scaling("LecunNormal", "lecun_normal", 1, "fan_in", "truncated_normal");
  }

  private static void alias(Function<Config, Initializer> reader, String... names) {
    for (String name : names) {
      READERS.put(name, reader);
    }
  }

  private static void scaling(
      String className, String alias, double scale, String mode, String distribution) {
    Function<Config, Initializer> reader =
        c -> {
          c.ignore("seed", "dtype");
          return new VarianceScaling(className, scale, mode, distribution);
        };
    READERS.put(className, reader);
    READERS.put(alias, reader);
  }

  /** The initializer under {@code key}, or {@code absent} (a Keras name) when there is none. */
  public static Initializer read(Config config, String key, String absent) {
    Config value = config.has(key) ? config.get(key) : Config.of(absent, config.where(key));
    Config.Named named = value.named();
    Function<Config, Initializer> reader = READERS.get(named.className());
    if (reader == null) {
      throw new UnsupportedException(
          value.where()
              + ": Graft has no initializer '"
              + named.className()
              + "'."
              + Nearest.hint(named.className(), READERS.keySet()));
    }
    named.config().ignore("dtype");
    return reader.apply(named.config());
  }

  /** What Keras's layer config holds for {@code initializer}. */
  public static Map<String, Object> config(Initializer initializer) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("module", "keras.initializers");
    map.put("class_name", initializer.className());
    map.put("config", initializer.config());
    map.put("registered_name", null);
    return map;
  }

  /** The same value everywhere. Keras: Zeros, Ones, Constant. */
  record Constant(double value) implements Initializer {
    @Override
    public String className() {
      return value == 0 ? "Zeros" : value == 1 ? "Ones" : "Constant";
    }

    @Override
    public float[] values(Shape shape, RandomGenerator random) {
      float[] values = new float[Math.toIntExact(shape.size())];
      java.util.Arrays.fill(values, (float) value);
      return values;
    }

    @Override
    public Map<String, Object> config() {
      return value == 0 || value == 1 ? Map.of() : Map.of("value", value);
    }
  }

  /**
   * Keras's VarianceScaling and its named forms (Glorot, He, Lecun).
   *
   * <p>Source: keras/src/initializers/random_initializers.py, Keras 3.15.
   */
  record VarianceScaling(String className, double scale, String mode, String distribution)
      implements Initializer {
    /** Standard deviation of a unit normal cut off at two. */
    private static final double TRUNCATED_STDDEV = 0.8796256610342398;

    @Override
    public float[] values(Shape shape, RandomGenerator random) {
      double receptive = 1;
      int rank = shape.numDimensions();
      for (int i = 0; i < rank - 2; i++) {
        receptive *= shape.get(i);
      }
      double fanIn = rank == 0 ? 1 : rank == 1 ? shape.get(0) : shape.get(rank - 2) * receptive;
      double fanOut = rank == 0 ? 1 : rank == 1 ? shape.get(0) : shape.get(rank - 1) * receptive;
      double fan =
          switch (mode) {
            case "fan_in" -> fanIn;
            case "fan_out" -> fanOut;
            default -> (fanIn + fanOut) / 2;
          };
      double variance = scale / Math.max(1, fan);
      float[] values = new float[Math.toIntExact(shape.size())];
      double limit = Math.sqrt(3 * variance);
      double deviation = Math.sqrt(variance) / TRUNCATED_STDDEV;
      for (int i = 0; i < values.length; i++) {
        values[i] =
            (float)
                (distribution.equals("uniform")
                    ? random.nextDouble(-limit, limit)
                    : truncated(random) * deviation);
      }
      return values;
    }

    private static double truncated(RandomGenerator random) {
      double value = random.nextGaussian();
      while (Math.abs(value) > 2) {
        value = random.nextGaussian();
      }
      return value;
    }

    @Override
    public Map<String, Object> config() {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("seed", null);
      return config;
    }
  }
}
