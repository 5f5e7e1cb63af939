package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.Shape;

/** Keras's initializers and their table of names. */
public final class Initializers {
  private static final Map<String, Function<Config, Initializer>> READERS = table();

  private Initializers() {}

  private static Map<String, Function<Config, Initializer>> table() {
    Map<String, Function<Config, Initializer>> table = new LinkedHashMap<>();
    alias(table, c -> zeros(), "Zeros", "zeros", "zero");
    alias(table, c -> ones(), "Ones", "ones", "one");
    alias(table, c -> new Constant(c.number("value", 0)), "Constant", "constant");
    alias(
        table,
        c -> new IdentityMatrix(c.number("gain", 1)),
        "Identity",
        "identity",
        "IdentityInitializer");
    alias(table, Normal::read, "RandomNormal", "random_normal", "normal");
    alias(table, Normal::readTruncated, "TruncatedNormal", "truncated_normal");
    alias(table, Uniform::read, "RandomUniform", "random_uniform", "uniform");
    alias(
        table,
        c -> new Orthogonal(c.number("gain", 1), Draws.seed(c)),
        "Orthogonal",
        "orthogonal",
        "OrthogonalInitializer");
    for (String name :
        new String[] {
          "VarianceScaling variance_scaling",
          "GlorotUniform glorot_uniform",
          "GlorotNormal glorot_normal",
          "HeUniform he_uniform",
          "HeNormal he_normal",
          "LecunUniform lecun_uniform",
          "LecunNormal lecun_normal"
        }) {
      String[] names = name.split(" ", -1);
      alias(table, c -> VarianceScaling.read(names[0], c), names);
    }
    return table;
  }

  private static void alias(
      Map<String, Function<Config, Initializer>> table,
      Function<Config, Initializer> reader,
      String... names) {
    for (String name : names) {
      table.put(name, reader);
    }
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
              + (named.className().toUpperCase(java.util.Locale.ROOT).startsWith("STFT")
                  ? " It is for STFTSpectrogram alone, which Graft has not either."
                  : "")
              + Nearest.hint(named.className(), READERS.keySet()));
    }
    named.config().ignore("dtype");
    for (String axes : new String[] {"input_axes", "output_axes"}) {
      // Keras 3.15 writes both as null with every initializer that could have them.
      named.config().has(axes);
    }
    return reader.apply(named.config());
  }

  /** The initializer that Keras calls {@code name}, with its defaults. */
  static Initializer named(String name) {
    return READERS.get(name).apply(Config.of(Map.of(), name));
  }

  /** Keras's zeros. */
  static Initializer zeros() {
    return new Constant(0);
  }

  /** The same number everywhere. */
  static Initializer constant(double value) {
    return new Constant(value);
  }

  /** Keras's ones. */
  static Initializer ones() {
    return new Constant(1);
  }

  /** What Keras's layer config holds for {@code initializer}. */
  public static Map<String, Object> config(Initializer initializer) {
    return KerasObject.of("keras.initializers", initializer.className(), initializer.config());
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

  /** Keras's Identity: {@code gain} on the diagonal of a matrix. */
  record IdentityMatrix(double gain) implements Initializer {
    @Override
    public String className() {
      return "Identity";
    }

    @Override
    public float[] values(Shape shape, RandomGenerator random) {
      if (shape.numDimensions() != 2) {
        throw new ShapeException(
            "the Identity initializer needs a weight of two dimensions, came " + shape + ".");
      }
      float[] values = new float[Math.toIntExact(shape.size())];
      int columns = Math.toIntExact(shape.get(1));
      for (int i = 0; i < Math.min(shape.get(0), columns); i++) {
        values[i * columns + i] = (float) gain;
      }
      return values;
    }

    @Override
    public Map<String, Object> config() {
      return Map.of("gain", gain);
    }
  }

  /** Keras's RandomNormal, and TruncatedNormal, which has nothing beyond two deviations. */
  record Normal(double mean, double stddev, boolean truncated, Long seed) implements Initializer {
    static Normal read(Config c) {
      return new Normal(c.number("mean", 0), c.number("stddev", 0.05), false, Draws.seed(c));
    }

    static Normal readTruncated(Config c) {
      return new Normal(c.number("mean", 0), c.number("stddev", 0.05), true, Draws.seed(c));
    }

    @Override
    public String className() {
      return truncated ? "TruncatedNormal" : "RandomNormal";
    }

    @Override
    public float[] values(Shape shape, RandomGenerator random) {
      Draws draws = Draws.of(shape, seed, random);
      return truncated ? draws.truncated(mean, stddev) : draws.normal(mean, stddev);
    }

    @Override
    public Map<String, Object> config() {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("mean", mean);
      config.put("stddev", stddev);
      config.put("seed", seed);
      return config;
    }
  }

  /** Keras's RandomUniform. */
  record Uniform(double low, double high, Long seed) implements Initializer {
    static Uniform read(Config c) {
      return new Uniform(c.number("minval", -0.05), c.number("maxval", 0.05), Draws.seed(c));
    }

    @Override
    public String className() {
      return "RandomUniform";
    }

    @Override
    public float[] values(Shape shape, RandomGenerator random) {
      return Draws.of(shape, seed, random).uniform(low, high);
    }

    @Override
    public Map<String, Object> config() {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("minval", low);
      config.put("maxval", high);
      config.put("seed", seed);
      return config;
    }
  }
}
