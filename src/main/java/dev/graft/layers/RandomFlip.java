package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandomFlip: in training every second picture, on the average, is mirrored. Source:
 * keras/src/layers/preprocessing/image_preprocessing/random_flip.py, Keras 3.15.
 *
 * @param mode horizontal, vertical or horizontal_and_vertical
 */
public record RandomFlip(String mode, boolean channelsFirst, Integer seed) implements Unary {
  private static final List<String> MODES =
      List.of("horizontal", "vertical", "horizontal_and_vertical");

  static RandomFlip read(Config c) {
    c.ignore("factor", "bounding_box_format");
    String mode = c.string("mode", "horizontal_and_vertical");
    if (!MODES.contains(mode)) {
      throw c.get("mode").wrong(String.join(", ", MODES));
    }
    return new RandomFlip(mode, ChannelOrder.first(c), Numbers.seed(c));
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Spec output(Spec input) {
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    if (!call.training()) {
      return x;
    }
    int rows = call.specs().get(0).rank() - (channelsFirst ? 2 : 3);
    Operand<TFloat32> y = mode.equals("vertical") ? x : flip(call, x, rows + 1, 0);
    return mode.equals("horizontal") ? y : flip(call, y, rows, 1);
  }

  private Operand<TFloat32> flip(Call call, Operand<TFloat32> x, int axis, int index) {
    Floats f = Floats.of(call);
    int rank = call.specs().get(0).rank();
    Extent[] shape = new Extent[rank];
    java.util.Arrays.fill(shape, Extent.of(f.tf(), 1));
    shape[0] = Extent.all(f.tf(), x, call.specs().get(0))[0];
    Operand<TFloat32> draw =
        f.tf().random.statelessRandomUniform(Extent.vector(f.tf(), shape), call.seed(seed, index));
    Operand<TBool> mirrored = f.tf().math.lessEqual(draw, f.constant(0.5));
    return f.where(mirrored, f.tf().reverse(x, f.ints(axis)), x);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("mode", mode);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }
}
