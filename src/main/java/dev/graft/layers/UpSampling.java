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
 * Keras's UpSampling1D, 2D and 3D: repeats rows, or, in two dimensions, interpolates. Source:
 * keras/src/layers/reshaping/up_sampling2d.py, Keras 3.15.
 */
public record UpSampling(List<Integer> size, boolean channelsFirst, Interpolation interpolation)
    implements Unary {
  static UpSampling read(Config c, int rank) {
    return new UpSampling(
        Numbers.sizes(c, "size", rank, 2),
        ChannelOrder.first(c),
        rank == 2 ? Interpolation.read(c, Interpolation.NEAREST) : Interpolation.NEAREST);
  }

  private int rank() {
    return size.size();
  }

  @Override
  public String className() {
    return "UpSampling" + rank() + "D";
  }

  @Override
  public Spec output(Spec input) {
    return Window.resized(input, rank(), channelsFirst, (i, length) -> length * size.get(i));
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Ops tf = call.tf();
    Spec in = call.specs().get(0);
    if (interpolation == Interpolation.NEAREST) {
      return repeat(new Floats(tf), x, in);
    }
    Operand<TFloat32> y = channelsFirst ? ChannelOrder.toLast(tf, x, 4) : x;
    Spec last = channelsFirst ? ChannelOrder.toLast(in) : in;
    Extent height = Extent.of(tf, y, last, 1).times(size.get(0));
    Extent width = Extent.of(tf, y, last, 2).times(size.get(1));
    y = interpolation.resize(tf, y, Extent.vector(tf, height, width), false);
    return channelsFirst ? ChannelOrder.toFirst(tf, y, 4) : y;
  }

  /** Each spatial dimension gets one of its repetitions behind it, and is merged with it. */
  private Operand<TFloat32> repeat(Floats f, Operand<TFloat32> x, Spec in) {
    Extent[] sizes = Extent.all(f.tf(), x, in);
    List<Extent> wide = new ArrayList<>();
    List<Extent> out = new ArrayList<>();
    List<Integer> times = new ArrayList<>();
    int first = channelsFirst ? 2 : 1;
    for (int i = 0; i < sizes.length; i++) {
      wide.add(sizes[i]);
      times.add(1);
      boolean spatial = i >= first && i < first + rank();
      out.add(spatial ? sizes[i].times(size.get(i - first)) : sizes[i]);
      if (spatial) {
        wide.add(Extent.of(f.tf(), 1));
        times.add(size.get(i - first));
      }
    }
    Operand<TFloat32> y = f.reshape(x, wide.toArray(new Extent[0]));
    y = f.tf().tile(y, f.ints(times.stream().mapToInt(n -> n).toArray()));
    return f.reshape(y, out.toArray(new Extent[0]));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("size", rank() == 1 ? size.get(0) : size);
    if (rank() > 1) {
      config.put("data_format", ChannelOrder.keras(channelsFirst));
    }
    if (rank() == 2) {
      config.put("interpolation", interpolation.keras());
    }
    return config;
  }
}
