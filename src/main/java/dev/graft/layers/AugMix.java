package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's AugMix: in training the batch is mixed with what several chains of layers make of it.
 * Which layers, and how much of each chain, is drawn for the batch; by how much a layer changes a
 * picture, for the picture. Source: keras/src/layers/preprocessing/image_preprocessing/aug_mix.py,
 * Keras 3.15, where a compiled function keeps the layers that it drew when it was made; here they
 * are drawn anew for each batch.
 *
 * @param depth how many layers a chain has at most: each may be none
 * @param alpha parameter of the distributions of the shares
 * @param all whether the layers that change colours are among them
 */
public record AugMix(
    PictureChanges.Strength strength,
    int chains,
    int depth,
    double alpha,
    boolean all,
    boolean channelsFirst)
    implements ChosenChanges {
  // Below 0, where no layer of a chain draws.
  private static final int SHARES = -3;
  private static final int CHOICES = -4;

  static AugMix read(Config c) {
    int chains = c.has("num_chains") ? c.integer("num_chains") : 3;
    int depth = c.has("chain_depth") ? c.integer("chain_depth") : 3;
    if (chains < 1) {
      throw c.get("num_chains").wrong("a whole number of at least 1");
    }
    if (depth < 0) {
      throw c.get("chain_depth").wrong("a whole number of at least 0");
    }
    double alpha = c.number("alpha", 1);
    if (alpha <= 0) {
      throw c.get("alpha").wrong("a number above 0");
    }
    return new AugMix(
        PictureChanges.Strength.read(c, 0.3),
        chains,
        depth,
        alpha,
        c.flag("all_ops", true),
        ChannelOrder.first(c));
  }

  PictureChanges changes() {
    return PictureChanges.augMix(strength, all);
  }

  @Override
  public Operand<TFloat32> trained(Chance chance, Operand<TFloat32> x, Spec in) {
    Floats f = chance.f();
    PictureChanges changes = changes();
    Operand<TFloat32> parameter = f.constant(alpha);
    Operand<TFloat32> shares = chance.gamma(parameter, SHARES, f.ints(chains));
    shares = f.div(shares, f.sum(shares, true, 0));
    List<Operand<TFloat32>> ends = new ArrayList<>();
    for (int chain = 0; chain < chains; chain++) {
      Operand<TFloat32> y = x;
      for (int place = 0; place < depth; place++) {
        int turn = chain * depth + place;
        // One number more than layers, for none.
        Operand<TFloat32> chosen = chance.oneOf(changes.count() + 1, CHOICES - turn);
        y = changes.chosen(f, y, in, chosen, i -> changes.draw(chance, i, turn));
      }
      ends.add(y);
    }
    return mixed(f, x, f.at(chance.beta(parameter, SHARES + 1), 0, 0), shares, ends);
  }

  /**
   * The pictures and the ends of the chains, in shares.
   *
   * @param kept the share of the pictures themselves
   * @param shares of the chains in the rest, together 1
   */
  Operand<TFloat32> mixed(
      Floats f,
      Operand<TFloat32> x,
      Operand<TFloat32> kept,
      Operand<TFloat32> shares,
      List<Operand<TFloat32>> ends) {
    Operand<TFloat32> sum = f.tf().zerosLike(x);
    for (int i = 0; i < ends.size(); i++) {
      sum = f.add(sum, f.mul(ends.get(i), f.at(shares, 0, i)));
    }
    Operand<TFloat32> y = f.add(f.mul(kept, x), f.mul(f.sub(1, kept), sum));
    return f.clip(y, strength.range().get(0), strength.range().get(1));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    strength.into(config);
    config.put("num_chains", chains);
    config.put("chain_depth", depth);
    config.put("alpha", alpha);
    config.put("all_ops", all);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    return config;
  }
}
