package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's DepthwiseConv1D and DepthwiseConv2D: each channel has kernels of its own.
 *
 * <p>In (batch, …, channels), out (batch, …, channels · multiplier); kernel (window…, channels,
 * multiplier). Source: keras/src/layers/convolutional/base_depthwise_conv.py, Keras 3.15.
 */
public record DepthwiseConvolution(int multiplier, Window window, Affine affine) implements Unary {
  /** Checks the multiplier. */
  public DepthwiseConvolution {
    if (multiplier < 1) {
      throw new ShapeException(
          "DepthwiseConv"
              + window.rank()
              + "D: expected depth_multiplier of at least 1, came "
              + multiplier
              + ".");
    }
  }

  static DepthwiseConvolution read(Config c, int rank) {
    return new DepthwiseConvolution(
        c.integer("depth_multiplier", 1), Window.convolution(c, rank), Affine.read(c, "depthwise"));
  }

  @Override
  public String className() {
    return "DepthwiseConv" + window.rank() + "D";
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    long channels = window.channels(inputs.get(0), className());
    return affine.slots(window.kernel(channels, (long) multiplier), channels * multiplier);
  }

  @Override
  public Spec output(Spec input) {
    return window.output(input, window.channels(input, className()) * multiplier);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return affine.convolved(call, x, window, Convolutions::depthwise);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("depth_multiplier", multiplier);
    window.convolutionInto(config);
    affine.into(config);
    return config;
  }
}
