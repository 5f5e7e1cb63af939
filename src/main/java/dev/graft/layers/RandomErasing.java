package dev.graft.layers;

import dev.graft.config.Config;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandomErasing: in training a rectangle of some pictures is filled with a colour, or with
 * noise. Source: keras/src/layers/preprocessing/image_preprocessing/random_erasing.py, Keras 3.15.
 *
 * @param factor bounds of the chance that a picture is changed
 * @param scale bounds of the squares of the rectangle's sides, as shares of the picture's
 * @param fill one number, or one for each channel; null for noise
 * @param range the values of pixels
 */
public record RandomErasing(
    Chance.Bounds factor,
    Chance.Bounds scale,
    List<Double> fill,
    List<Double> range,
    boolean channelsFirst,
    Integer seed)
    implements RandomPicture {
  private static final int NOISE = 9;

  static RandomErasing read(Config c) {
    c.ignore("bounding_box_format");
    return new RandomErasing(
        Chance.Bounds.fromZero(c, "factor", 1),
        c.has("scale") ? Chance.Bounds.fromZero(c, "scale", 0) : new Chance.Bounds(0.02, 0.33),
        c.has("fill_value")
            ? Arrays.stream(Numbers.array(c.get("fill_value")).numbers()).boxed().toList()
            : null,
        Chance.range(c),
        ChannelOrder.first(c),
        Numbers.seed(c));
  }

  /** Left, right, top and bottom in pixels, and 1 or 0 for whether. */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    Floats f = chance.f();
    Operand<TFloat32> wide = f.mul(f.tf().math.sqrt(chance.between(scale, 0)), chance.size(2));
    Operand<TFloat32> high = f.mul(f.tf().math.sqrt(chance.between(scale, 1)), chance.size(1));
    Operand<TFloat32> left = f.mul(chance.share(2), f.sub(chance.size(2), wide));
    Operand<TFloat32> top = f.mul(chance.share(3), f.sub(chance.size(1), high));
    return chance.table(
        List.of(left, f.add(left, wide), top, f.add(top, high), chance.whether(factor, 4)));
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    float[] colour = new float[fill.size()];
    for (int i = 0; i < colour.length; i++) {
      colour[i] = fill.get(i).floatValue();
    }
    Operand<TFloat32> plain = f.add(f.tf().zerosLike(x), f.tf().constant(colour));
    return filled(f, x, drawn, plain);
  }

  @Override
  public Operand<TFloat32> trained(Chance chance, Operand<TFloat32> x, Spec in) {
    Floats f = chance.f();
    return fill != null
        ? change(f, x, in, draw(chance))
        : filled(f, x, draw(chance), f.mul(chance.noise(NOISE), range.get(1)));
  }

  private Operand<TFloat32> filled(
      Floats f, Operand<TFloat32> x, Operand<TFloat32> drawn, Operand<TFloat32> with) {
    Operand<TBool> inside = Chance.inside(f, x, drawn);
    Operand<TBool> chosen = f.tf().math.greater(Chance.column(f, drawn, 4), f.constant(0.5));
    return f.where(
        f.tf().math.logicalAnd(inside, chosen), f.clip(with, range.get(0), range.get(1)), x);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("factor", factor.keras());
    config.put("scale", scale.keras());
    config.put("fill_value", fill == null || fill.size() > 1 ? fill : fill.get(0));
    config.put("value_range", range);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }
}
