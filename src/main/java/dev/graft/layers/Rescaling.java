package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's Rescaling: {@code x · scale + offset}, each one number or one a channel. */
public record Rescaling(List<Double> scale, List<Double> offset) implements SameShape {
  static Rescaling read(Config c) {
    return new Rescaling(list(c, "scale", null), list(c, "offset", 0.0));
  }

  private static List<Double> list(Config c, String key, Double absent) {
    if (absent != null && !c.has(key)) {
      return List.of(absent);
    }
    return Arrays.stream(Numbers.array(c.get(key)).numbers()).boxed().toList();
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Ops tf = call.tf();
    return tf.math.add(tf.math.mul(x, constant(tf, scale)), constant(tf, offset));
  }

  private static Operand<TFloat32> constant(Ops tf, List<Double> values) {
    if (values.size() == 1) {
      return tf.constant(values.get(0).floatValue());
    }
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return tf.constant(floats);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("scale", Numbers.single(scale));
    config.put("offset", Numbers.single(offset));
    return config;
  }
}
