package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Normalization: {@code (x − mean) / max(√variance, 1e-7)}, or its inverse, with statistics
 * given in the settings or kept as weights (mean, variance and a count that nothing reads). Source:
 * keras/src/layers/preprocessing/normalization.py, Keras 3.15.
 *
 * @param axis the axes that have statistics of their own
 * @param mean given statistics in row-major order, or null
 * @param variance given statistics, or null
 */
public record Normalization(
    List<Integer> axis, boolean invert, List<Double> mean, List<Double> variance) implements Unary {
  private static final double EPSILON = 1e-7;

  static Normalization read(Config c) {
    List<Integer> axis = List.of(-1);
    if (c.contains("axis")) {
      axis = c.has("axis") ? Numbers.list(c, "axis") : List.of();
    }
    return new Normalization(axis, c.flag("invert", false), given(c, "mean"), given(c, "variance"));
  }

  /** Numbers at any depth of lists, flattened; null when absent. */
  private static List<Double> given(Config c, String key) {
    if (!c.has(key)) {
      return null;
    }
    List<Double> values = new ArrayList<>();
    flatten(Numbers.array(c.get(key)), values);
    return List.copyOf(values);
  }

  private static void flatten(Config value, List<Double> into) {
    if (value.isNumber()) {
      into.add(value.number());
    } else {
      value.items().forEach(item -> flatten(item, into));
    }
  }

  @Override
  public boolean keepsMask() {
    return true;
  }

  private long[] shape(Spec in) {
    int[] kept = axis.stream().mapToInt(a -> Math.floorMod(a, in.rank())).sorted().toArray();
    return Arrays.stream(kept).mapToLong(a -> in.known(a, "Normalization")).toArray();
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    if (mean != null) {
      return List.of();
    }
    long[] shape = shape(inputs.get(0));
    return List.of(
        Slot.state("mean", Initializers.zeros(), shape),
        Slot.state("variance", Initializers.ones(), shape),
        Slot.state("count", Initializers.zeros()));
  }

  @Override
  public Spec output(Spec input) {
    for (int a : axis) {
      if (a < -input.rank() || a >= input.rank()) {
        throw new ShapeException("Normalization: there is no axis " + a + " in " + input + ".");
      }
    }
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Spec in = call.specs().get(0);
    Operand<TFloat32> average = spread(f, statistic(call, "mean", mean, in), in);
    Operand<TFloat32> variances = spread(f, statistic(call, "variance", variance, in), in);
    Operand<TFloat32> deviation =
        f.tf().math.maximum(f.tf().math.sqrt(variances), f.constant(EPSILON));
    return invert ? f.add(average, f.mul(x, deviation)) : f.div(f.sub(x, average), deviation);
  }

  private Operand<TFloat32> statistic(Call call, String slot, List<Double> given, Spec in) {
    if (given == null) {
      return call.weight(slot);
    }
    long[] shape = shape(in);
    int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = new float[size];
    if (size % given.size() != 0) {
      throw new ShapeException(
          "Normalization: " + given.size() + " values of " + slot + " do not fit " + in + ".");
    }
    for (int i = 0; i < size; i++) {
      values[i] = given.get(i % given.size()).floatValue();
    }
    Operand<TFloat32> constant =
        call.tf().reshape(call.tf().constant(values), call.tf().constant(shape));
    // TensorFlow makes a product of a division by a constant, with other last bits, which deep
    // networks multiply. In Keras it is a tensor from outside; here something that may be fed.
    return call.tf().placeholderWithDefault(constant, Shape.of(shape));
  }

  /** Dimensions of 1 where the statistic has none. */
  private Operand<TFloat32> spread(Floats f, Operand<TFloat32> statistic, Spec in) {
    long[] shape = new long[in.rank()];
    Arrays.fill(shape, 1);
    for (int a : axis) {
      int at = Math.floorMod(a, in.rank());
      shape[at] = in.size(at);
    }
    return f.tf().reshape(statistic, f.tf().constant(shape));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("axis", Numbers.single(axis));
    config.put("invert", invert);
    config.put("mean", mean);
    config.put("variance", variance);
    return config;
  }
}
