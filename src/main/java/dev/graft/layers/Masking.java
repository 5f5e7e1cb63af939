package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** Keras's Masking: hides the steps whose features all equal {@code maskValue}, and zeroes them. */
public record Masking(double maskValue) implements Layer {
  static Masking read(Config c) {
    return new Masking(c.number("mask_value", 0));
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.size() != 1 || inputs.get(0).rank() < 2) {
      throw new ShapeException("Masking: expected one input (batch, …, features), came " + inputs);
    }
    return List.of(inputs.get(0).as(DType.FLOAT32));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Operand<TFloat32> x = call.x();
    Operand<TBool> counts =
        f.tf().reduceAny(f.tf().math.notEqual(x, f.constant(maskValue)), f.tf().constant(-1));
    return List.of(
        new Value(
            f.where(f.tf().expandDims(counts, f.tf().constant(-1)), x, f.constant(0)), counts));
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("mask_value", maskValue);
  }
}
