package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SwitchCond;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * The layers that RandAugment and AugMix choose from.
 *
 * @param layers in Keras's order
 */
record PictureChanges(List<RandomPicture> layers) {
  /** Random ops a layer may use. */
  private static final int OPS = 8;

  private static final List<String> RAND_AUGMENT =
      List.of(
          "RandomShear",
          "RandomTranslation",
          "RandomRotation",
          "RandomBrightness",
          "RandomColorDegeneration",
          "RandomContrast",
          "RandomSharpness",
          "RandomPosterization",
          "Solarization",
          "AutoContrast",
          "Equalization");
  private static final List<String> AUG_MIX =
      List.of(
          "RandomShear",
          "RandomTranslation",
          "RandomRotation",
          "RandomPosterization",
          "Solarization",
          "AutoContrast",
          "Equalization",
          "RandomBrightness",
          "RandomColorDegeneration",
          "RandomContrast",
          "RandomSharpness");

  /** How many of AugMix's leave the colours of pixels' neighbours alone: all but the last four. */
  private static final int WITHOUT_COLOURS = 7;

  /** What both have in common. */
  record Strength(Chance.Bounds factor, List<Double> range, String interpolation, Integer seed) {
    static Strength read(Config c, double absent) {
      c.ignore("bounding_box_format");
      return new Strength(
          Chance.Bounds.fromZero(c, "factor", absent),
          Chance.range(c),
          RandomPerspective.interpolation(c),
          Numbers.seed(c));
    }

    void into(Map<String, Object> config) {
      config.put("value_range", range);
      config.put("factor", factor.keras());
      config.put("interpolation", interpolation);
      config.put("seed", seed);
    }
  }

  static PictureChanges randAugment(Strength strength) {
    return new PictureChanges(RAND_AUGMENT.stream().map(n -> layer(n, strength)).toList());
  }

  static PictureChanges augMix(Strength strength, boolean all) {
    List<String> names = all ? AUG_MIX : AUG_MIX.subList(0, WITHOUT_COLOURS);
    return new PictureChanges(names.stream().map(n -> layer(n, strength)).toList());
  }

  private static RandomPicture layer(String name, Strength strength) {
    Map<String, Object> settings = new LinkedHashMap<>();
    List<Double> factor = strength.factor().keras();
    if (name.equals("RandomShear") || name.equals("RandomTranslation")) {
      boolean shear = name.equals("RandomShear");
      settings.put(shear ? "x_factor" : "height_factor", factor);
      settings.put(shear ? "y_factor" : "width_factor", factor);
    } else if (name.equals("Solarization")) {
      settings.put("addition_factor", factor);
      settings.put("threshold_factor", factor);
    } else if (name.equals("RandomPosterization")) {
      settings.put("factor", Math.max(1, (int) (8 * strength.factor().high())));
    } else if (name.startsWith("Random")) {
      settings.put("factor", factor);
    }
    if (name.matches("RandomShear|RandomTranslation|RandomRotation")) {
      settings.put("interpolation", strength.interpolation());
    } else {
      settings.put("value_range", strength.range());
    }
    settings.put("seed", strength.seed());
    Config c = Config.of(settings, name);
    return switch (name) {
      case "RandomShear" -> RandomWarp.read(c, RandomWarp.Kind.SHEAR);
      case "RandomTranslation" -> RandomWarp.read(c, RandomWarp.Kind.TRANSLATION);
      case "RandomRotation" -> RandomWarp.read(c, RandomWarp.Kind.ROTATION);
      case "AutoContrast" -> new Spread(AutoContrast.read(c));
      case "Equalization" -> Equalization.read(c);
      default ->
          RandomColor.read(
              c,
              java.util.Arrays.stream(RandomColor.Kind.values())
                  .filter(kind -> kind.keras().equals(name))
                  .findFirst()
                  .orElseThrow());
    };
  }

  /** AutoContrast among layers that draw: it does without. */
  private record Spread(AutoContrast layer) implements RandomPicture {
    @Override
    public boolean channelsFirst() {
      return false;
    }

    @Override
    public Integer seed() {
      return null;
    }

    @Override
    public Operand<TFloat32> draw(Chance chance) {
      return chance.nothing();
    }

    @Override
    public Operand<TFloat32> change(
        Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
      return layer.spread(f, x);
    }

    @Override
    public Map<String, Object> config() {
      return layer.config();
    }
  }

  int count() {
    return layers.size();
  }

  /** What layer {@code index} draws; {@code turn} tells several draws of one layer apart. */
  Operand<TFloat32> draw(Chance chance, int index, int turn) {
    return layers.get(index).draw(chance.after((turn * layers.size() + index) * OPS));
  }

  /** {@code x} as layer {@code index} makes it. */
  Operand<TFloat32> change(
      Floats f, Operand<TFloat32> x, Spec in, int index, Operand<TFloat32> drawn) {
    return layers.get(index).change(f, x, in, drawn);
  }

  /**
   * {@code x} as the layer with the number {@code chosen} makes it, unchanged for any other number.
   * Only that layer's ops run.
   */
  Operand<TFloat32> chosen(
      Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> chosen, Drawn drawn) {
    Operand<TFloat32> y = x;
    for (int i = 0; i < layers.size(); i++) {
      int index = i;
      Operand<TBool> its = f.tf().math.equal(chosen, f.constant(i));
      y = when(f, its, y, z -> change(f, z, in, index, drawn.of(index)));
    }
    return y;
  }

  /** What a layer drew. */
  @FunctionalInterface
  interface Drawn {
    Operand<TFloat32> of(int index);
  }

  private static Operand<TFloat32> when(
      Floats f,
      Operand<TBool> condition,
      Operand<TFloat32> x,
      UnaryOperator<Operand<TFloat32>> change) {
    Ops tf = f.tf();
    SwitchCond<TFloat32> ways = tf.switchCond(x, condition);
    Operand<TFloat32> changed = change.apply(ways.outputTrue());
    return tf.merge(List.of(ways.outputFalse(), changed)).output();
  }
}
