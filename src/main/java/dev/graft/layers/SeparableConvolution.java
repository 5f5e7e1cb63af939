package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's SeparableConv1D and SeparableConv2D: a depthwise convolution, then one of size 1 that
 * mixes the channels.
 *
 * <p>In (batch, …, channels), out (batch, …, filters); depthwise kernel (window…, channels,
 * multiplier), pointwise kernel (1…, channels · multiplier, filters). Source:
 * keras/src/layers/convolutional/base_separable_conv.py, Keras 3.15.
 *
 * @param affine activation, bias and the settings of the depthwise kernel
 */
public record SeparableConvolution(
    int filters, int multiplier, Window window, Affine affine, WeightSettings pointwise)
    implements Unary {
  /** Checks the counts. */
  public SeparableConvolution {
    if (multiplier < 1 || filters < 1) {
      throw new ShapeException(
          "SeparableConv"
              + window.rank()
              + "D: expected filters and depth_multiplier of at least 1, came "
              + filters
              + " and "
              + multiplier
              + ".");
    }
  }

  static SeparableConvolution read(Config c, int rank) {
    return new SeparableConvolution(
        c.integer("filters"),
        c.integer("depth_multiplier", 1),
        Window.convolution(c, rank),
        Affine.read(c, "depthwise"),
        WeightSettings.read(c, "pointwise", "glorot_uniform"));
  }

  @Override
  public String className() {
    return "SeparableConv" + window.rank() + "D";
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    long channels = window.channels(inputs.get(0), className());
    List<Slot> slots = new ArrayList<>();
    slots.add(
        affine
            .kernel()
            .slot("depthwise_kernel", longs(window.kernel(channels, (long) multiplier))));
    slots.add(
        pointwise.slot(
            "pointwise_kernel", longs(point().kernel(channels * multiplier, (long) filters))));
    if (affine.useBias()) {
      slots.add(affine.bias().slot("bias", filters));
    }
    return slots;
  }

  /** The window of the second convolution: single elements. */
  private Window point() {
    return Window.of(Padding.VALID, Collections.nCopies(window.rank(), 1).toArray(Integer[]::new));
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public Spec output(Spec input) {
    window.channels(input, className());
    return window.output(input, filters);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Spec in = window.channelsLast(call.specs().get(0));
    Window over = window.channelsLast();
    return affine.channelsLast(
        call,
        x,
        window.channelsFirst(),
        y -> {
          Operand<TFloat32> deep =
              new Convolutions(call.tf(), in, over).depthwise(y, call.weight("depthwise_kernel"));
          Spec between = over.output(in, in.size(-1) * multiplier);
          return new Convolutions(call.tf(), between, point())
              .convolve(deep, call.weight("pointwise_kernel"));
        });
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("filters", filters);
    config.put("depth_multiplier", multiplier);
    window.convolutionInto(config);
    affine.into(config);
    pointwise.into(config, "pointwise");
    return config;
  }
}
