package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandomFlip: in training every second picture, on the average, is mirrored; in both
 * directions or in none, as in Keras 3, where tf_keras draws for each. Source:
 * keras/src/layers/preprocessing/image_preprocessing/random_flip.py, Keras 3.15.
 *
 * @param mode horizontal, vertical or horizontal_and_vertical
 */
public record RandomFlip(String mode, boolean channelsFirst, Integer seed)
    implements RandomPicture {
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

  /** 1 or 0 for whether. */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    Floats f = chance.f();
    return chance.table(List.of(f.cast(f.tf().math.lessEqual(chance.share(0), f.constant(0.5)))));
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    int[] axes =
        switch (mode) {
          case "horizontal" -> new int[] {2};
          case "vertical" -> new int[] {1};
          default -> new int[] {1, 2};
        };
    return f.where(
        f.tf().math.greater(Chance.column(f, drawn, 0), f.constant(0.5)),
        f.tf().reverse(x, f.ints(axes)),
        x);
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
