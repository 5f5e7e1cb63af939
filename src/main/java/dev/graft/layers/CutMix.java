package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's CutMix inside a network: in training a rectangle of every picture is that of another one
 * of its batch. Labels stay, as in Keras, where a layer of a network sees the pictures alone.
 * Source: keras/src/layers/preprocessing/image_preprocessing/cut_mix.py, Keras 3.15.
 *
 * @param factor bounds of both parameters of the Beta distribution that the share of a picture that
 *     stays is drawn from
 */
public record CutMix(Chance.Bounds factor, boolean channelsFirst, Integer seed)
    implements RandomPicture {
  /** Keras keeps the parameters off 0. */
  private static final double LEAST = 1e-6;

  static CutMix read(Config c) {
    c.ignore("bounding_box_format");
    return new CutMix(
        Chance.Bounds.fromZero(c, "factor", 1), ChannelOrder.first(c), Numbers.seed(c));
  }

  /** Left, right, top and bottom in pixels, and which picture of the batch the rectangle is of. */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    Floats f = chance.f();
    // One parameter for the whole batch.
    Operand<TFloat32> alpha = f.add(f.at(chance.between(factor, 0), 0, 0), LEAST);
    Operand<TFloat32> side = f.tf().math.sqrt(f.sub(1, chance.beta(alpha, 1)));
    Operand<TFloat32> wide = f.mul(side, chance.size(2));
    Operand<TFloat32> high = f.mul(side, chance.size(1));
    Operand<TFloat32> left = f.mul(chance.share(3), f.sub(chance.size(2), wide));
    Operand<TFloat32> top = f.mul(chance.share(4), f.sub(chance.size(1), high));
    return chance.table(
        List.of(left, f.add(left, wide), top, f.add(top, high), chance.partners(5)));
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    return f.where(Chance.inside(f, x, drawn), Chance.picked(f, x, f.at(drawn, 1, 4)), x);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("factor", factor.keras());
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }
}
