package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's MaxPooling2D and AveragePooling2D: (batch, height, width, channels) to fewer rows. */
public record Pooling2D(
    Pooling kind,
    List<Integer> poolSize,
    List<Integer> strides,
    Padding padding,
    boolean channelsFirst)
    implements Unary {
  static Pooling2D read(Config c, Pooling kind) {
    List<Integer> size = Numbers.sizes(c, "pool_size", 2, 2);
    List<Integer> strides = c.has("strides") ? Numbers.sizes(c, "strides", 2, null) : size;
    return new Pooling2D(kind, size, strides, Padding.read(c), ChannelOrder.first(c));
  }

  @Override
  public String className() {
    return kind.word() + "Pooling2D";
  }

  @Override
  public Spec output(Spec input) {
    if (input.rank() != 4) {
      throw new ShapeException("expected 4 dimensions (batch, height, width, channels).");
    }
    int first = channelsFirst ? 2 : 1;
    long[] sizes = input.shape().asArray();
    for (int i = 0; i < 2; i++) {
      sizes[first + i] = padding.size(input.size(first + i), poolSize.get(i), strides.get(i));
      if (sizes[first + i] == 0 || sizes[first + i] < -1) {
        throw new ShapeException("the input is smaller than the window " + poolSize + ".");
      }
    }
    return input.with(sizes);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Ops tf = call.tf();
    Operand<TFloat32> y = channelsFirst ? ChannelOrder.toLast(tf, x, 4) : x;
    int[] window = {1, poolSize.get(0), poolSize.get(1), 1};
    int[] step = {1, strides.get(0), strides.get(1), 1};
    y =
        kind == Pooling.MAX
            ? tf.nn.maxPool(y, tf.constant(window), tf.constant(step), padding.name())
            : tf.nn.avgPool(y, longs(window), longs(step), padding.name());
    return channelsFirst ? ChannelOrder.toFirst(tf, y, 4) : y;
  }

  private static List<Long> longs(int[] values) {
    return java.util.Arrays.stream(values).asLongStream().boxed().toList();
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("pool_size", poolSize);
    config.put("padding", padding.keras());
    config.put("strides", strides);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    return config;
  }
}
