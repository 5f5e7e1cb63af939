package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandAugment: in training the batch goes through a few layers out of eleven, drawn anew
 * for each batch; by how much they change a picture is drawn for each picture. Source:
 * keras/src/layers/preprocessing/image_preprocessing/rand_augment.py, Keras 3.15.
 *
 * @param ops how many layers
 */
public record RandAugment(PictureChanges.Strength strength, int ops, boolean channelsFirst)
    implements ChosenChanges {
  private static final int CHOICES = 1000;

  static RandAugment read(Config c) {
    int ops = c.has("num_ops") ? c.integer("num_ops") : 2;
    if (ops < 0) {
      throw c.get("num_ops").wrong("a whole number of at least 0");
    }
    return new RandAugment(PictureChanges.Strength.read(c, 0.5), ops, ChannelOrder.first(c));
  }

  @Override
  public Operand<TFloat32> trained(Chance chance, Operand<TFloat32> x, Spec in) {
    PictureChanges changes = changes();
    List<Operand<TFloat32>> chosen = new ArrayList<>();
    for (int i = 0; i < ops; i++) {
      chosen.add(chance.oneOf(changes.count(), CHOICES + i));
    }
    List<Operand<TFloat32>> drawn = new ArrayList<>();
    for (int i = 0; i < changes.count(); i++) {
      drawn.add(changes.draw(chance, i, 0));
    }
    return changed(chance.f(), x, in, chosen, drawn);
  }

  PictureChanges changes() {
    return PictureChanges.randAugment(strength);
  }

  /**
   * The pictures after the chosen layers, one after the other. A layer that is chosen twice does
   * the same twice.
   *
   * @param chosen the layers' numbers
   * @param drawn what each of the eleven drew
   */
  Operand<TFloat32> changed(
      Floats f,
      Operand<TFloat32> x,
      Spec in,
      List<Operand<TFloat32>> chosen,
      List<Operand<TFloat32>> drawn) {
    Operand<TFloat32> y = x;
    for (Operand<TFloat32> one : chosen) {
      y = changes().chosen(f, y, in, one, drawn::get);
    }
    return y;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    strength.into(config);
    config.put("num_ops", ops);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    return config;
  }
}
