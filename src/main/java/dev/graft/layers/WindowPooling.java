package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's MaxPooling and AveragePooling over 1, 2 or 3 dimensions: (batch, …, channels) to fewer
 * rows. Averages leave the padding out. Source: keras/src/layers/pooling/base_pooling.py, Keras
 * 3.15.
 */
public record WindowPooling(Pooling kind, Window window) implements Unary {
  static WindowPooling read(Config c, Pooling kind, int rank) {
    return new WindowPooling(kind, Window.pooling(c, rank));
  }

  @Override
  public String className() {
    return kind.word() + "Pooling" + window.rank() + "D";
  }

  @Override
  public boolean keepsMask() {
    return false;
  }

  @Override
  public Spec output(Spec input) {
    Window.checkRank(input, window.rank());
    return window.output(input, input.size(window.channelsFirst() ? 1 : -1));
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return pool(Floats.of(call), x);
  }

  /** Writes the ops. */
  Operand<TFloat32> pool(Floats f, Operand<TFloat32> x) {
    Ops tf = f.tf();
    int rank = window.rank();
    Operand<TFloat32> y = window.channelsFirst() ? ChannelOrder.toLast(tf, x, rank + 2) : x;
    if (rank == 1) {
      y = f.squeeze(windows(tf, f.expand(y, 1)), 1);
    } else {
      y = windows(tf, y);
    }
    return window.channelsFirst() ? ChannelOrder.toFirst(tf, y, rank + 2) : y;
  }

  private Operand<TFloat32> windows(Ops tf, Operand<TFloat32> x) {
    List<Long> size = around(window.size());
    List<Long> step = around(window.strides());
    String padding = window.padding().name();
    if (window.rank() == 3) {
      return kind == Pooling.MAX
          ? tf.nn.maxPool3d(x, size, step, padding)
          : tf.nn.avgPool3d(x, size, step, padding);
    }
    return kind == Pooling.MAX ? maxPool(tf, x, size, step) : tf.nn.avgPool(x, size, step, padding);
  }

  /**
   * The op that Keras emits, too: there are oneDNN kernels for it and its gradient, and none for
   * MaxPoolV2, whose gradient takes a fifth of a step of a small network.
   */
  private Operand<TFloat32> maxPool(Ops tf, Operand<TFloat32> x, List<Long> size, List<Long> step) {
    return tf.scope()
        .opBuilder("MaxPool", "MaxPool")
        .addInput(x.asOutput())
        .setAttr("ksize", size.stream().mapToLong(Long::longValue).toArray())
        .setAttr("strides", step.stream().mapToLong(Long::longValue).toArray())
        .setAttr("padding", window.padding().name())
        .build()
        .output(0);
  }

  /** A 1 for the batch, one for the channels, and one for the height of a sequence. */
  private static List<Long> around(List<Integer> sizes) {
    Stream<Long> inner = sizes.stream().map(Integer::longValue);
    Stream<Long> before = sizes.size() == 1 ? Stream.of(1L, 1L) : Stream.of(1L);
    return Stream.of(before, inner, Stream.of(1L)).flatMap(s -> s).toList();
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    window.poolingInto(config);
    return config;
  }
}
