package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's MixUp inside a network: in training every picture is mixed with another one of its batch.
 * Labels stay, as in Keras, where a layer of a network sees the pictures alone. Source:
 * keras/src/layers/preprocessing/image_preprocessing/mix_up.py, Keras 3.15.
 *
 * @param alpha both parameters of the Beta distribution that a picture's own share is drawn from
 */
public record MixUp(double alpha, boolean channelsFirst, Integer seed) implements RandomPicture {
  static MixUp read(Config c) {
    c.ignore("bounding_box_format", "factor");
    double alpha = c.number("alpha", 0.2);
    if (alpha <= 0) {
      throw c.get("alpha").wrong("a number above 0");
    }
    return new MixUp(alpha, ChannelOrder.first(c), Numbers.seed(c));
  }

  /** The picture's own share, and which picture of the batch has the rest. */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    return chance.table(List.of(chance.beta(chance.f().constant(alpha), 0), chance.partners(2)));
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    Operand<TFloat32> share = Chance.column(f, drawn, 0);
    Operand<TFloat32> other = Chance.picked(f, x, f.at(drawn, 1, 1));
    return f.add(f.mul(share, x), f.mul(f.sub(1, share), other));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("alpha", alpha);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }
}
