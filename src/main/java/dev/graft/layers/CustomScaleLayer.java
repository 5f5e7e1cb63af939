package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.List;
import java.util.Map;

/**
 * InceptionResNetV2's own layer: {@code first + scale · second}. Source:
 * keras/src/applications/inception_resnet_v2.py, Keras 3.15.
 */
public record CustomScaleLayer(double scale) implements Layer {
  static CustomScaleLayer read(Config c) {
    return new CustomScaleLayer(c.number("scale"));
  }

  @Override
  public String module() {
    return "keras.src.applications.inception_resnet_v2";
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.size() != 2) {
      throw new ShapeException("CustomScaleLayer: expected two inputs, came " + inputs.size());
    }
    return List.of(Broadcast.of(inputs.get(0), inputs.get(1)).as(DType.FLOAT32));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    return List.of(Value.of(f.add(call.x(0), f.mul(call.x(1), scale))));
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("scale", scale);
  }
}
