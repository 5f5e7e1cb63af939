package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Dense: {@code activation(x · kernel + bias)} over the last dimension.
 *
 * <p>In (batch, …, n), out (batch, …, units). Source: keras/src/layers/core/dense.py, Keras 3.15.
 */
public record Dense(
    int units,
    Activation activation,
    boolean useBias,
    WeightSettings kernel,
    WeightSettings bias,
    Regularizer activityRegularizer)
    implements Unary {
  static Dense read(Config c) {
    Missing.refuse(c, "lora_rank", "quantization_config");
    return new Dense(
        c.get("units").count(),
        Activations.read(c, "activation"),
        c.flag("use_bias", true),
        WeightSettings.read(c, "kernel", "glorot_uniform"),
        WeightSettings.read(c, "bias", "zeros"),
        Regularizers.read(c, "activity_regularizer"));
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    long last = inputs.get(0).known(-1, "Dense");
    List<Slot> slots = new ArrayList<>();
    slots.add(kernel.slot("kernel", last, units));
    if (useBias) {
      slots.add(bias.slot("bias", units));
    }
    return slots;
  }

  @Override
  public boolean keepsMask() {
    return true;
  }

  @Override
  public Spec output(Spec input) {
    input.known(-1, "Dense");
    return input.withLast(units);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Ops tf = call.tf();
    Spec in = call.specs().get(0);
    Operand<TFloat32> y;
    if (in.rank() == 2) {
      y = tf.linalg.matMul(x, call.weight("kernel"));
    } else {
      Operand<TFloat32> rows = tf.reshape(x, tf.constant(new long[] {-1, in.known(-1, "Dense")}));
      y = Shapes.reshape(tf, tf.linalg.matMul(rows, call.weight("kernel")), x, in.withLast(units));
    }
    if (useBias) {
      y = tf.nn.biasAdd(y, call.weight("bias"));
    }
    y = activation.apply(tf, y);
    Regularizers.activity(call, activityRegularizer, y);
    return y;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("units", units);
    config.put("activation", activation.config());
    config.put("use_bias", useBias);
    kernel.into(config, "kernel");
    bias.into(config, "bias");
    config.put("activity_regularizer", Regularizers.config(activityRegularizer));
    return config;
  }
}
