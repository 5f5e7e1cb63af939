package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What Dense and the convolutions share: kernel, bias, activation.
 *
 * @param kernelWord how the settings of the kernel begin: {@code kernel} or {@code depthwise}
 * @param activityRegularizer penalises the output, or null
 */
public record Affine(
    Activation activation,
    boolean useBias,
    String kernelWord,
    WeightSettings kernel,
    WeightSettings bias,
    Regularizer activityRegularizer) {
  static Affine read(Config c) {
    return read(c, "kernel");
  }

  static Affine read(Config c, String kernelWord) {
    return new Affine(
        Activations.read(c, "activation"),
        c.flag("use_bias", true),
        kernelWord,
        WeightSettings.read(c, kernelWord, "glorot_uniform"),
        WeightSettings.read(c, "bias", "zeros"),
        Regularizers.read(c, "activity_regularizer"));
  }

  /** Kernel and, if there is one, bias. */
  List<Slot> slots(List<Long> kernelShape, long units) {
    List<Slot> slots = new ArrayList<>();
    slots.add(kernel.slot("kernel", kernelShape.stream().mapToLong(Long::longValue).toArray()));
    if (useBias) {
      slots.add(bias.slot("bias", units));
    }
    return slots;
  }

  /**
   * Runs {@code op} with channels last, whatever {@code x} has, and adds bias and activation; the
   * activation sees Keras's order, because softmax runs over the last dimension.
   */
  Operand<TFloat32> channelsLast(
      Call call, Operand<TFloat32> x, boolean channelsFirst, UnaryOperator<Operand<TFloat32>> op) {
    int rank = call.specs().get(0).rank();
    Operand<TFloat32> y = op.apply(channelsFirst ? ChannelOrder.toLast(call.tf(), x, rank) : x);
    if (useBias) {
      y = call.tf().nn.biasAdd(y, call.weight("bias"));
    }
    if (channelsFirst) {
      y = ChannelOrder.toFirst(call.tf(), y, rank);
    }
    y = activation.apply(call.tf(), y);
    Regularizers.activity(call, activityRegularizer, y);
    return y;
  }

  /** One way to convolve with a kernel. */
  interface Way {
    /** {@code x}, with channels last, convolved with {@code kernel}. */
    Operand<TFloat32> of(Convolutions with, Operand<TFloat32> x, Operand<TFloat32> kernel);
  }

  /** {@code x} convolved with the kernel, with bias and activation. */
  Operand<TFloat32> convolved(Call call, Operand<TFloat32> x, Window window, Way way) {
    Spec in = window.channelsLast(call.specs().get(0));
    Convolutions with = new Convolutions(call.tf(), in, window.channelsLast());
    return channelsLast(
        call, x, window.channelsFirst(), y -> way.of(with, y, call.weight("kernel")));
  }

  void into(Map<String, Object> config) {
    config.put("activation", activation.config());
    config.put("use_bias", useBias);
    kernel.into(config, kernelWord);
    bias.into(config, "bias");
    config.put("activity_regularizer", Regularizers.config(activityRegularizer));
  }
}
