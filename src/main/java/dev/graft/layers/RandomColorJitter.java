package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandomColorJitter: brightness, contrast, saturation and hue, those that it has a factor
 * for, one after the other. Source: keras/src/layers/preprocessing/image_preprocessing/
 * random_color_jitter.py, Keras 3.15.
 *
 * @param parts the changes in their order
 */
public record RandomColorJitter(
    List<RandomColor> parts, List<Double> range, boolean channelsFirst, Integer seed)
    implements RandomPicture {
  private static final List<RandomColor.Kind> ORDER =
      List.of(
          RandomColor.Kind.BRIGHTNESS,
          RandomColor.Kind.CONTRAST,
          RandomColor.Kind.SATURATION,
          RandomColor.Kind.HUE);

  /** Random ops a part may use. */
  private static final int OPS = 4;

  static RandomColorJitter read(Config c) {
    c.ignore("bounding_box_format");
    List<Double> range = Chance.range(c);
    Integer seed = Numbers.seed(c);
    List<RandomColor> parts =
        ORDER.stream()
            .filter(kind -> c.has(key(kind)))
            .map(kind -> new RandomColor(kind, factor(c, kind), null, range, false, seed))
            .toList();
    return new RandomColorJitter(parts, range, ChannelOrder.first(c), seed);
  }

  private static String key(RandomColor.Kind kind) {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + "_factor";
  }

  /** One number is what Keras's layers make of it as their own factor. */
  private static Chance.Bounds factor(Config c, RandomColor.Kind kind) {
    Chance.Bounds given = Chance.Bounds.read(c, key(kind));
    boolean zero = kind == RandomColor.Kind.HUE || kind == RandomColor.Kind.CONTRAST;
    return zero && c.get(key(kind)).isNumber() ? new Chance.Bounds(0, given.high()) : given;
  }

  @Override
  public Operand<TFloat32> draw(Chance chance) {
    throw new IllegalStateException("its parts draw");
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    throw new IllegalStateException("its parts change");
  }

  @Override
  public Operand<TFloat32> trained(Chance chance, Operand<TFloat32> x, Spec in) {
    Operand<TFloat32> y = x;
    for (int i = 0; i < parts.size(); i++) {
      y = parts.get(i).trained(chance.after(i * OPS), y, in);
    }
    return y;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("value_range", range);
    for (RandomColor part : parts) {
      config.put(key(part.kind()), part.factor().keras());
    }
    if (channelsFirst) {
      config.put("data_format", ChannelOrder.keras(true));
    }
    config.put("seed", seed);
    return config;
  }
}
