package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's GlobalAveragePooling and GlobalMaxPooling over 1, 2 or 3 dimensions: one value a channel,
 * (batch, …, channels) to (batch, channels).
 *
 * <p>The average over steps leaves masked steps out. Source: keras/src/layers/pooling/
 * global_average_pooling1d.py and base_global_pooling.py, Keras 3.15.
 */
public record GlobalPooling(Pooling kind, int rank, boolean channelsFirst, boolean keepDims)
    implements Unary {
  static GlobalPooling read(Config c, Pooling kind, int rank) {
    return new GlobalPooling(kind, rank, ChannelOrder.first(c), c.flag("keepdims", false));
  }

  @Override
  public String className() {
    return "Global" + kind.word() + "Pooling" + rank + "D";
  }

  @Override
  public boolean keepsMask() {
    return false;
  }

  @Override
  public Spec output(Spec input) {
    Window.checkRank(input, rank);
    long channels = input.size(channelsFirst ? 1 : -1);
    if (!keepDims) {
      return input.with(input.size(0), channels);
    }
    long[] sizes = input.shape().asArray();
    for (int axis : axes()) {
      sizes[axis] = 1;
    }
    return input.with(sizes);
  }

  private int[] axes() {
    int first = channelsFirst ? 2 : 1;
    return IntStream.range(first, first + rank).toArray();
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    if (kind == Pooling.MAX) {
      return f.max(x, keepDims, axes());
    }
    var mask = Masks.given(call);
    if (rank != 1 || mask == null) {
      return f.mean(x, keepDims, axes());
    }
    Operand<TFloat32> counts = f.expand(f.cast(mask), channelsFirst ? 1 : 2);
    return f.div(f.sum(f.mul(x, counts), keepDims, axes()), f.sum(counts, keepDims, axes()));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("keepdims", keepDims);
    return config;
  }
}
