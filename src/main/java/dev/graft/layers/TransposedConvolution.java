package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Conv1DTranspose, Conv2DTranspose and Conv3DTranspose.
 *
 * <p>In (batch, …, channels), out (batch, …, filters); kernel (window…, filters, channels). Without
 * {@code outputPadding} a size n becomes {@code n · stride} (same) or {@code (n − 1) · stride +
 * max(window, stride)} (valid); with it {@code (n − 1) · stride + window + padding}, where same
 * counts {@code window mod 2} for the window. Source:
 * keras/src/layers/convolutional/base_conv_transpose.py, Keras 3.15.
 *
 * @param outputPadding one number a spatial dimension, or null
 */
public record TransposedConvolution(
    int filters, Window window, List<Integer> outputPadding, Affine affine) implements Unary {
  /** Refuses what Keras refuses. */
  public TransposedConvolution {
    if (filters < 1) {
      throw new ShapeException(
          "a transposed convolution needs at least 1 filter, came " + filters + ".");
    }
    if (window.strided() && window.dilated()) {
      throw new ShapeException(
          "Conv"
              + window.rank()
              + "DTranspose: strides "
              + window.strides()
              + " do not go with dilation_rate "
              + window.dilation()
              + ". Set one of them to 1.");
    }
    if (outputPadding != null) {
      outputPadding = List.copyOf(outputPadding);
      for (int i = 0; i < window.rank(); i++) {
        if (outputPadding.get(i) >= window.strides().get(i)) {
          throw new ShapeException(
              "Conv"
                  + window.rank()
                  + "DTranspose: output_padding "
                  + outputPadding
                  + " must be less than strides "
                  + window.strides()
                  + ".");
        }
      }
    }
  }

  static TransposedConvolution read(Config c, int rank) {
    return new TransposedConvolution(
        c.integer("filters"),
        Window.transposed(c, rank),
        c.has("output_padding") ? Numbers.counts(c, "output_padding", rank) : null,
        Affine.read(c));
  }

  @Override
  public String className() {
    return "Conv" + window.rank() + "DTranspose";
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    long channels = window.channels(inputs.get(0), className());
    return affine.slots(window.kernel((long) filters, channels), filters);
  }

  /** What is added to {@code (n − 1) · stride} along spatial dimension {@code i}. */
  private int beyond(int i) {
    int span = window.span(i);
    int step = window.strides().get(i);
    boolean same = window.padding() == Padding.SAME;
    if (outputPadding == null) {
      return same ? step : Math.max(span, step);
    }
    return (same ? span % 2 : span) + outputPadding.get(i);
  }

  @Override
  public Spec output(Spec input) {
    window.channels(input, className());
    long[] sizes = input.shape().asArray();
    int first = window.channelsFirst() ? 2 : 1;
    for (int i = 0; i < window.rank(); i++) {
      long size = sizes[first + i];
      sizes[first + i] = size < 0 ? -1 : (size - 1) * window.strides().get(i) + beyond(i);
    }
    sizes[window.channelsFirst() ? 1 : window.rank() + 1] = filters;
    return input.with(sizes);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Ops tf = call.tf();
    Spec in = window.channelsLast(call.specs().get(0));
    return affine.channelsLast(
        call,
        x,
        window.channelsFirst(),
        y -> {
          Extent[] out = Extent.all(tf, y, in);
          for (int i = 0; i < window.rank(); i++) {
            out[i + 1] = out[i + 1].plus(-1).times(window.strides().get(i)).plus(beyond(i));
          }
          out[window.rank() + 1] = Extent.of(tf, filters);
          return new Convolutions(tf, in, window.channelsLast())
              .transpose(y, call.weight("kernel"), out);
        });
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("filters", filters);
    window.convolutionInto(config);
    config.put("output_padding", outputPadding);
    affine.into(config);
    return config;
  }
}
