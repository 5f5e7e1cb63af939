package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.Shape;

/**
 * Keras's VarianceScaling and its named forms (Glorot, He, Lecun): random numbers whose variance is
 * {@code scale / n}, with n the number of inputs, of outputs, or their mean.
 *
 * <p>Source: keras/src/initializers/random_initializers.py, Keras 3.15.
 *
 * @param className Keras's name; the named forms fix scale, mode and distribution
 * @param mode fan_in, fan_out or fan_avg
 * @param distribution uniform, truncated_normal (cut off at two deviations) or untruncated_normal
 * @param axes which axes are inputs and which outputs, or null for all but the last and the last
 * @param seed gives the same values whatever the run's seed, or null
 */
record VarianceScaling(
    String className, double scale, String mode, String distribution, Fans axes, Long seed)
    implements Initializer {
  /** Axes of a kernel that are inputs, and that are outputs. */
  record Fans(List<Integer> inputs, List<Integer> outputs) {}

  private record Form(double scale, String mode, String distribution) {}

  private static final Map<String, Form> FORMS =
      Map.of(
          "GlorotUniform", new Form(1, "fan_avg", "uniform"),
          "GlorotNormal", new Form(1, "fan_avg", "truncated_normal"),
          "HeUniform", new Form(2, "fan_in", "uniform"),
          "HeNormal", new Form(2, "fan_in", "truncated_normal"),
          "LecunUniform", new Form(1, "fan_in", "uniform"),
          "LecunNormal", new Form(1, "fan_in", "truncated_normal"));

  /** Standard deviation of a unit normal cut off at two. */
  private static final double TRUNCATED = 0.8796256610342398;

  static VarianceScaling read(String className, Config c) {
    Form form = FORMS.get(className);
    if (form == null) {
      String distribution = c.string("distribution", "truncated_normal");
      form =
          new Form(
              c.number("scale", 1),
              c.string("mode", "fan_in"),
              distribution.equals("normal") ? "truncated_normal" : distribution);
      if (!List.of("fan_in", "fan_out", "fan_avg").contains(form.mode)) {
        throw c.get("mode").wrong("fan_in, fan_out or fan_avg");
      }
      if (!List.of("uniform", "truncated_normal", "untruncated_normal")
          .contains(form.distribution)) {
        throw c.get("distribution").wrong("uniform, truncated_normal or untruncated_normal");
      }
      if (form.scale <= 0) {
        throw c.get("scale").wrong("a number above 0");
      }
    }
    Fans fans =
        c.has("input_axes") && c.has("output_axes")
            ? new Fans(Numbers.list(c, "input_axes"), Numbers.list(c, "output_axes"))
            : null;
    return new VarianceScaling(
        className, form.scale, form.mode, form.distribution, fans, Draws.seed(c));
  }

  /** The same with these axes, unless it has some of its own. */
  VarianceScaling over(List<Integer> inputs, List<Integer> outputs) {
    return axes != null
        ? this
        : new VarianceScaling(
            className, scale, mode, distribution, new Fans(inputs, outputs), seed);
  }

  /** What the variance is divided by. */
  private double fan(Shape shape) {
    double in;
    double out;
    int rank = shape.numDimensions();
    if (axes != null) {
      in = product(shape, axes.inputs());
      out = product(shape, axes.outputs());
    } else if (rank < 2) {
      in = rank == 0 ? 1 : shape.get(0);
      out = in;
    } else {
      double receptive = 1;
      for (int i = 0; i < rank - 2; i++) {
        receptive *= shape.get(i);
      }
      in = shape.get(rank - 2) * receptive;
      out = shape.get(rank - 1) * receptive;
    }
    return Math.max(
        1,
        switch (mode) {
          case "fan_in" -> in;
          case "fan_out" -> out;
          default -> (in + out) / 2;
        });
  }

  private static double product(Shape shape, List<Integer> axes) {
    double product = 1;
    for (int axis : axes) {
      product *= shape.get(Math.floorMod(axis, shape.numDimensions()));
    }
    return product;
  }

  @Override
  public float[] values(Shape shape, RandomGenerator random) {
    Draws draws = Draws.of(shape, seed, random);
    double variance = scale / fan(shape);
    return switch (distribution) {
      case "uniform" -> draws.uniform(-Math.sqrt(3 * variance), Math.sqrt(3 * variance));
      case "truncated_normal" -> draws.truncated(0, Math.sqrt(variance) / TRUNCATED);
      default -> draws.normal(0, Math.sqrt(variance));
    };
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (!FORMS.containsKey(className)) {
      config.put("scale", scale);
      config.put("mode", mode);
      config.put("distribution", distribution);
    }
    config.put("seed", seed);
    if (axes != null) {
      config.put("input_axes", axes.inputs());
      config.put("output_axes", axes.outputs());
    }
    return config;
  }
}
