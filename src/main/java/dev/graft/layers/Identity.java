package dev.graft.layers;

import java.util.List;
import java.util.Map;

/** Keras's Identity: passes its inputs on. */
public record Identity() implements Layer {
  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    return inputs;
  }

  @Override
  public List<Value> call(Call call) {
    return call.inputs();
  }

  @Override
  public Map<String, Object> config() {
    return Map.of();
  }
}
