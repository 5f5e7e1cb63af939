package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's Cropping1D, 2D and 3D: cuts off the ends of the spatial dimensions. */
public record Cropping(Borders cropping, boolean channelsFirst) implements Unary {
  static Cropping read(Config c, int rank) {
    // Keras's defaults: nothing off pictures, 1 off each end of sequences and volumes.
    int absent = rank == 2 ? 0 : 1;
    return new Cropping(Borders.read(c, "cropping", rank, absent), ChannelOrder.first(c));
  }

  private int rank() {
    return cropping.rows().size();
  }

  @Override
  public String className() {
    return "Cropping" + rank() + "D";
  }

  @Override
  public Spec output(Spec input) {
    return Window.resized(
        input,
        rank(),
        channelsFirst,
        (i, size) -> {
          long left = size - cropping.before(i) - cropping.after(i);
          if (left < 1) {
            throw new ShapeException("cropping " + cropping.rows() + " leaves nothing.");
          }
          return left;
        });
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Operand<TFloat32> y = x;
    int first = channelsFirst ? 2 : 1;
    for (int i = 0; i < rank(); i++) {
      if (cropping.before(i) + cropping.after(i) > 0) {
        Extent size = Extent.of(f.tf(), x, call.specs().get(0), first + i);
        y = f.slice(y, first + i, cropping.before(i), size.plus(-cropping.after(i)), 1);
      }
    }
    return y;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("cropping", cropping.config());
    if (rank() > 1) {
      config.put("data_format", ChannelOrder.keras(channelsFirst));
    }
    return config;
  }
}
