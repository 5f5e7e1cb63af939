package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Keras's Flatten: (batch, …) to (batch, product of …), row-major over channels-last data. */
public record Flatten(boolean channelsFirst) implements Unary {
  static Flatten read(Config c) {
    return new Flatten(ChannelOrder.first(c));
  }

  @Override
  public Spec output(Spec input) {
    return input.rank() == 1
        ? input.with(input.size(0), 1)
        : input.with(input.size(0), input.perExample());
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Spec in = call.specs().get(0);
    Operand<TFloat32> y =
        channelsFirst && in.rank() > 2 ? ChannelOrder.toLast(call.tf(), x, in.rank()) : x;
    long size = in.rank() == 1 ? 1 : in.perExample();
    Ops tf = call.tf();
    if (size >= 0) {
      return tf.reshape(y, tf.constant(new long[] {-1, size}));
    }
    Operand<TInt32> batch = tf.gather(tf.shape(y), tf.constant(0), tf.constant(0));
    return tf.reshape(y, tf.stack(List.of(batch, tf.constant(-1))));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    return config;
  }
}
