package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * ConvNeXt's own layer: one trained factor a channel. Source: keras/src/applications/convnext.py,
 * Keras 3.15.
 *
 * @param initValues the first value of every factor
 * @param projectionDim the number of channels
 */
public record LayerScale(double initValues, int projectionDim) implements Unary {
  static LayerScale read(Config c) {
    return new LayerScale(c.number("init_values"), c.integer("projection_dim"));
  }

  @Override
  public String module() {
    return "keras.src.applications.convnext";
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    return List.of(Slot.of("gamma", Initializers.constant(initValues), projectionDim));
  }

  @Override
  public Spec output(Spec input) {
    long channels = input.size(-1);
    if (channels > 1 && projectionDim > 1 && channels != projectionDim) {
      throw new ShapeException(
          "LayerScale: expected " + projectionDim + " channels, came " + input + ".");
    }
    return channels == 1 ? input.withLast(projectionDim) : input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return Floats.of(call).mul(x, call.weight("gamma"));
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("init_values", initValues, "projection_dim", projectionDim);
  }
}
