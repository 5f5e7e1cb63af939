package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Conv2D.
 *
 * <p>In (batch, height, width, channels), out (batch, rows, columns, filters); kernel (kernel
 * height, kernel width, channels / groups, filters). Source:
 * keras/src/layers/convolutional/base_conv.py, Keras 3.15.
 */
public record Conv2D(
    int filters,
    List<Integer> kernelSize,
    List<Integer> strides,
    Padding padding,
    boolean channelsFirst,
    List<Integer> dilation,
    int groups,
    Activation activation,
    boolean useBias,
    WeightSettings kernel,
    WeightSettings bias,
    Regularizer activityRegularizer)
    implements Unary {
  static Conv2D read(Config c) {
    return new Conv2D(
        c.integer("filters"),
        Numbers.sizes(c, "kernel_size", 2, null),
        Numbers.sizes(c, "strides", 2, 1),
        Padding.read(c),
        ChannelOrder.first(c),
        Numbers.sizes(c, "dilation_rate", 2, 1),
        c.integer("groups", 1),
        Activations.read(c, "activation"),
        c.flag("use_bias", true),
        WeightSettings.read(c, "kernel", "glorot_uniform"),
        WeightSettings.read(c, "bias", "zeros"),
        Regularizers.read(c, "activity_regularizer"));
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    long channels = inputs.get(0).known(channelsFirst ? 1 : -1, "Conv2D");
    if (channels % groups != 0 || filters % groups != 0) {
      throw new ShapeException(
          "Conv2D: expected channels and filters to be multiples of groups="
              + groups
              + ", came "
              + channels
              + " channels and "
              + filters
              + " filters.");
    }
    List<Slot> slots = new ArrayList<>();
    slots.add(
        kernel.slot("kernel", kernelSize.get(0), kernelSize.get(1), channels / groups, filters));
    if (useBias) {
      slots.add(bias.slot("bias", filters));
    }
    return slots;
  }

  @Override
  public Spec output(Spec input) {
    if (input.rank() != 4) {
      throw new ShapeException("expected 4 dimensions (batch, height, width, channels).");
    }
    int first = channelsFirst ? 2 : 1;
    long[] sizes = new long[2];
    for (int i = 0; i < 2; i++) {
      int window = (kernelSize.get(i) - 1) * dilation.get(i) + 1;
      sizes[i] = padding.size(input.size(first + i), window, strides.get(i));
      if (sizes[i] == 0 || sizes[i] < -1) {
        throw new ShapeException("the input is smaller than the kernel " + kernelSize + ".");
      }
    }
    return channelsFirst
        ? input.with(input.size(0), filters, sizes[0], sizes[1])
        : input.with(input.size(0), sizes[0], sizes[1], filters);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Ops tf = call.tf();
    Operand<TFloat32> y = channelsFirst ? ChannelOrder.toLast(tf, x, 4) : x;
    y =
        tf.nn.conv2d(
            y,
            call.weight("kernel"),
            List.of(1L, (long) strides.get(0), (long) strides.get(1), 1L),
            padding.name());
    if (useBias) {
      y = tf.nn.biasAdd(y, call.weight("bias"));
    }
    y = activation.apply(tf, y);
    if (channelsFirst) {
      y = ChannelOrder.toFirst(tf, y, 4);
    }
    Regularizers.activity(call, activityRegularizer, y);
    return y;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("filters", filters);
    config.put("kernel_size", kernelSize);
    config.put("strides", strides);
    config.put("padding", padding.keras());
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("dilation_rate", dilation);
    config.put("groups", groups);
    config.put("activation", activation.config());
    config.put("use_bias", useBias);
    kernel.into(config, "kernel");
    bias.into(config, "bias");
    config.put("activity_regularizer", Regularizers.config(activityRegularizer));
    return config;
  }
}
