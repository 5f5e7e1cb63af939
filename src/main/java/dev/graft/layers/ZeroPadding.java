package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's ZeroPadding1D, 2D and 3D: zeros around the spatial dimensions. */
public record ZeroPadding(Borders padding, boolean channelsFirst) implements Unary {
  static ZeroPadding read(Config c, int rank) {
    return new ZeroPadding(Borders.read(c, "padding", rank, 1), ChannelOrder.first(c));
  }

  private int rank() {
    return padding.rows().size();
  }

  @Override
  public String className() {
    return "ZeroPadding" + rank() + "D";
  }

  @Override
  public Spec output(Spec input) {
    return Window.resized(
        input, rank(), channelsFirst, (i, size) -> size + padding.before(i) + padding.after(i));
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    int[][] pairs = new int[rank() + 2][2];
    int first = channelsFirst ? 2 : 1;
    for (int i = 0; i < rank(); i++) {
      pairs[first + i] = new int[] {padding.before(i), padding.after(i)};
    }
    return call.tf().pad(x, call.tf().constant(pairs), call.tf().constant(0f));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("padding", padding.config());
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    return config;
  }
}
