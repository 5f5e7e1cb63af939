package dev.graft.layers;

import dev.graft.error.MalformedFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keras's InputLayer: a tensor the caller gives.
 *
 * @param spec its shape, batch first, and type
 */
public record InputLayer(Spec spec) implements Layer {
  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    return List.of(spec);
  }

  @Override
  public List<Value> call(Call call) {
    throw new MalformedFileException("an InputLayer is fed, not called");
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    List<Long> shape = new ArrayList<>();
    for (long size : spec.shape().asArray()) {
      shape.add(size < 0 ? null : size);
    }
    config.put("batch_shape", shape);
    config.put("dtype", spec.dtype().keras());
    config.put("sparse", false);
    return config;
  }
}
