package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's GroupNormalization: each example is scaled to mean 0 and variance 1 within each group of
 * channels. Source: keras/src/layers/normalization/group_normalization.py, Keras 3.15.
 *
 * @param groups how many groups; -1 means one for each channel
 */
public record GroupNormalization(int groups, int axis, double epsilon, ScaleShift parameters)
    implements Unary {
  static GroupNormalization read(Config c) {
    return new GroupNormalization(
        c.integer("groups", 32),
        c.integer("axis", -1),
        c.number("epsilon", 1e-3),
        ScaleShift.read(c));
  }

  @Override
  public boolean keepsMask() {
    return true;
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    return parameters.slots(inputs.get(0).known(axis, "GroupNormalization"));
  }

  @Override
  public Spec output(Spec input) {
    long channels = input.known(axis, "GroupNormalization");
    if (groups == 0 || groups < -1 || groups > channels || channels % groups != 0) {
      throw new ShapeException(
          "GroupNormalization: " + channels + " channels do not fall into " + groups + " groups.");
    }
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Spec in = call.specs().get(0);
    int at = Math.floorMod(axis, in.rank());
    long count = groups == -1 ? in.size(at) : groups;
    Extent[] own = Extent.all(f.tf(), x, in);
    Extent[] split = new Extent[own.length + 1];
    long[] spread = new long[own.length + 1];
    for (int i = 0; i < split.length; i++) {
      split[i] = i < at ? own[i] : own[Math.max(0, i - 1)];
      spread[i] = 1;
    }
    spread[at] = count;
    spread[at + 1] = in.size(at) / count;
    split[at] = Extent.of(f.tf(), spread[at]);
    split[at + 1] = Extent.of(f.tf(), spread[at + 1]);
    Operand<TFloat32> y = f.reshape(x, split);
    int[] over = IntStream.range(1, split.length).filter(i -> i != at).toArray();
    Operand<TFloat32> mean = f.mean(y, true, over);
    Operand<TFloat32> inverse = f.tf().math.rsqrt(f.add(f.variance(y, mean, true, over), epsilon));
    y = parameters.apply(call, f.mul(f.sub(y, mean), inverse), spread);
    return f.reshape(y, own);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("groups", groups);
    config.put("axis", axis);
    config.put("epsilon", epsilon);
    parameters.into(config);
    return config;
  }
}
