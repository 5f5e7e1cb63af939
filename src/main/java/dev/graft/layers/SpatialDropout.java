package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's SpatialDropout1D, 2D and 3D: drops whole channels. */
public record SpatialDropout(int rank, double rate, boolean channelsFirst, Integer seed)
    implements Unary {
  static SpatialDropout read(Config c, int rank) {
    // Keras 3 has no noise_shape here; Keras 2 writes one that it does not read.
    c.ignore("noise_shape");
    return new SpatialDropout(
        rank, Numbers.share(c, "rate"), ChannelOrder.first(c), Numbers.seed(c));
  }

  @Override
  public String className() {
    return "SpatialDropout" + rank + "D";
  }

  @Override
  public boolean random() {
    return rate > 0;
  }

  @Override
  public boolean keepsMask() {
    return true;
  }

  @Override
  public Spec output(Spec input) {
    Window.checkRank(input, rank);
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return Drops.drop(call, x, rate, Drops.spatial(rank, channelsFirst), seed);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rate", rate);
    config.put("seed", seed);
    if (rank > 1) {
      config.put("data_format", ChannelOrder.keras(channelsFirst));
    }
    return config;
  }
}
