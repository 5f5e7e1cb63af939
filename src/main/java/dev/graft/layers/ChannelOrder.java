package dev.graft.layers;

import dev.graft.config.Config;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Keras's {@code data_format}: whether channels stand last (the default) or first. */
public final class ChannelOrder {
  private ChannelOrder() {}

  /** True when the config says {@code channels_first}. */
  public static boolean first(Config config) {
    String format = config.string("data_format", "channels_last");
    if (!format.equals("channels_last") && !format.equals("channels_first")) {
      throw config.get("data_format").wrong("channels_last or channels_first");
    }
    return format.equals("channels_first");
  }

  /** Keras's word. */
  public static String keras(boolean first) {
    return first ? "channels_first" : "channels_last";
  }

  /** (batch, channels, …) to (batch, …, channels). */
  public static Operand<TFloat32> toLast(Ops tf, Operand<TFloat32> x, int rank) {
    int[] order =
        IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1).toArray();
    return tf.linalg.transpose(x, tf.constant(order));
  }

  /** The static shape of {@link #toLast(Ops, Operand, int)}. */
  static Spec toLast(Spec spec) {
    long[] sizes = spec.shape().asArray();
    long[] moved = sizes.clone();
    System.arraycopy(sizes, 2, moved, 1, sizes.length - 2);
    moved[sizes.length - 1] = sizes[1];
    return spec.with(moved);
  }

  /** (batch, …, channels) to (batch, channels, …). */
  public static Operand<TFloat32> toFirst(Ops tf, Operand<TFloat32> x, int rank) {
    int[] order =
        IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1).toArray();
    return tf.linalg.transpose(x, tf.constant(order));
  }
}
