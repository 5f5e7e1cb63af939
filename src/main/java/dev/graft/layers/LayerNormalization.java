package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's LayerNormalization: each example is scaled to mean 0 and variance 1 over {@code axis}.
 * Source: keras/src/layers/normalization/layer_normalization.py, Keras 3.15.
 *
 * @param rmsScaling Keras's old setting: divides by the deviation and takes no mean off
 */
public record LayerNormalization(
    List<Integer> axis, double epsilon, boolean rmsScaling, ScaleShift parameters)
    implements Unary {
  static LayerNormalization read(Config c) {
    return new LayerNormalization(
        c.has("axis") ? Numbers.list(c, "axis") : List.of(-1),
        c.number("epsilon", 1e-3),
        c.flag("rms_scaling", false),
        ScaleShift.read(c));
  }

  private ScaleShift used() {
    return rmsScaling
        ? new ScaleShift(false, true, parameters.beta(), parameters.gamma())
        : parameters;
  }

  @Override
  public boolean keepsMask() {
    return true;
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    return used().slots(Axes.sizes(inputs.get(0), axis, "LayerNormalization"));
  }

  @Override
  public Spec output(Spec input) {
    Axes.of(input, axis);
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Spec in = call.specs().get(0);
    int[] over = Axes.of(in, axis);
    Operand<TFloat32> mean = f.mean(x, true, over);
    Operand<TFloat32> inverse = f.tf().math.rsqrt(f.add(f.variance(x, mean, true, over), epsilon));
    Operand<TFloat32> centred = rmsScaling ? x : f.sub(x, mean);
    return used().apply(call, f.mul(centred, inverse), trailing(Axes.spread(in, over), over));
  }

  /**
   * {@code spread} without the dimensions before the first of {@code over}, which broadcasting
   * supplies: TensorFlow takes this pattern for its fused kernel, which wants vectors.
   */
  private static long[] trailing(long[] spread, int... over) {
    int first = Arrays.stream(over).min().orElse(0);
    return Arrays.copyOfRange(spread, first, spread.length);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("axis", Numbers.single(axis));
    config.put("epsilon", epsilon);
    if (rmsScaling) {
      config.put("rms_scaling", true);
    }
    parameters.into(config);
    return config;
  }
}
