package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's Activation layer: a function of each element (or of the last dimension, for softmax). */
public record ActivationLayer(Activation activation) implements SameShape {
  static ActivationLayer read(Config c) {
    c.get("activation");
    return new ActivationLayer(Activations.read(c, "activation"));
  }

  @Override
  public String className() {
    return "Activation";
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return activation.apply(call.tf(), x);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("activation", activation.config());
    return config;
  }
}
