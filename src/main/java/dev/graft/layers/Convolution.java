package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Conv1D, Conv2D and Conv3D, by the number of dimensions of {@code window}.
 *
 * <p>In (batch, …, channels), out (batch, …, filters); kernel (window…, channels / groups,
 * filters). Source: keras/src/layers/convolutional/base_conv.py, Keras 3.15.
 */
public record Convolution(int filters, Window window, int groups, Affine affine) implements Unary {
  /** Refuses what Keras refuses. */
  public Convolution {
    if (window.strided() && window.dilated()) {
      throw new ShapeException(
          "Conv"
              + window.rank()
              + "D: strides "
              + window.strides()
              + " do not go with dilation_rate "
              + window.dilation()
              + ". Set one of them to 1.");
    }
    if (filters < 1 || groups < 1 || filters % groups != 0) {
      throw new ShapeException(
          "Conv"
              + window.rank()
              + "D: expected a positive number of filters that is a multiple of groups="
              + groups
              + ", came "
              + filters
              + ".");
    }
  }

  static Convolution read(Config c, int rank) {
    Missing.refuse(c, "lora_rank");
    return new Convolution(
        c.integer("filters"), Window.convolution(c, rank), c.integer("groups", 1), Affine.read(c));
  }

  @Override
  public String className() {
    return "Conv" + window.rank() + "D";
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    long channels = window.channels(inputs.get(0), className());
    if (channels % groups != 0) {
      throw new ShapeException(
          className()
              + ": expected channels to be a multiple of groups="
              + groups
              + ", came "
              + channels
              + ".");
    }
    return affine.slots(window.kernel(channels / groups, (long) filters), filters);
  }

  @Override
  public Spec output(Spec input) {
    window.channels(input, className());
    return window.output(input, filters);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return affine.convolved(call, x, window, Convolutions::convolve);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("filters", filters);
    window.convolutionInto(config);
    config.put("groups", groups);
    affine.into(config);
    return config;
  }
}
