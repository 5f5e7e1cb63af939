package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Keras's GlobalAveragePooling2D and GlobalMaxPooling2D: one value a channel. */
public record GlobalPooling2D(Pooling kind, boolean channelsFirst, boolean keepDims)
    implements Unary {
  static GlobalPooling2D read(Config c, Pooling kind) {
    return new GlobalPooling2D(kind, ChannelOrder.first(c), c.flag("keepdims", false));
  }

  @Override
  public String className() {
    return "Global" + kind.word() + "Pooling2D";
  }

  @Override
  public Spec output(Spec input) {
    if (input.rank() != 4) {
      throw new ShapeException("expected 4 dimensions (batch, height, width, channels).");
    }
    long channels = input.size(channelsFirst ? 1 : 3);
    if (!keepDims) {
      return input.with(input.size(0), channels);
    }
    return channelsFirst
        ? input.with(input.size(0), channels, 1, 1)
        : input.with(input.size(0), 1, 1, channels);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Ops tf = call.tf();
    Operand<TInt32> axes = tf.constant(channelsFirst ? new int[] {2, 3} : new int[] {1, 2});
    return kind == Pooling.MAX
        ? tf.max(x, axes, Max.keepDims(keepDims))
        : tf.math.mean(x, axes, Mean.keepDims(keepDims));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("keepdims", keepDims);
    return config;
  }
}
