package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Random changes of pictures: the arguments of Keras's {@code ImageDataGenerator}, under its names,
 * or a list of Keras 3's random layers in their place.
 *
 * @param rotation {@code rotation_range}, degrees to either side
 * @param widthShift {@code width_shift_range}
 * @param heightShift {@code height_shift_range}
 * @param shear {@code shear_range}, degrees to either side
 * @param zoom {@code zoom_range}: from, to
 * @param channelShift {@code channel_shift_range}
 * @param brightness {@code brightness_range}: from, to; null for none
 * @param horizontalFlip half of the pictures
 * @param verticalFlip half of the pictures
 * @param fill what lies beyond the edges
 * @param mix pictures of a batch mixed with each other; null for none
 * @param layers random layers, which stand alone; or empty
 * @param said the settings in the recipe's words, which identify kept features
 */
public record Augmentation(
    double rotation,
    Shift widthShift,
    Shift heightShift,
    double shear,
    double[] zoom,
    double channelShift,
    double[] brightness,
    boolean horizontalFlip,
    boolean verticalFlip,
    Fill fill,
    Mix mix,
    List<RandomLayer> layers,
    String said) {
  /**
   * How far a picture is shifted: one of {@code choices} to either side, or, when there are none,
   * anything up to {@code range} to either side. Below 1 it is a fraction of the size, else pixels.
   */
  public record Shift(double range, double[] choices) {
    static final Shift NONE = new Shift(0, null);

    /** A number with a fraction, a whole number (any below it) or a list, as NumPy's choice. */
    static Shift read(Config augment, String key) {
      if (!augment.has(key)) {
        return NONE;
      }
      Config value = augment.get(key);
      if (value.isList()) {
        double[] choices = value.numbers();
        if (choices.length == 0) {
          throw value.wrong("at least one number");
        }
        return new Shift(0, choices);
      }
      double range = value.number();
      // NumPy's choice(3) draws 0, 1 or 2; 3.0 is written for up to three pixels.
      boolean whole = range >= 1 && value.plain() instanceof Integer;
      double[] choices = whole ? new double[(int) range] : null;
      for (int i = 0; whole && i < choices.length; i++) {
        choices[i] = i;
      }
      return new Shift(range, choices);
    }

    private boolean any() {
      return range != 0 || choices != null;
    }

    private double draw(SplittableRandom random, int size) {
      double most = range;
      double shift;
      if (choices == null) {
        shift = (2 * random.nextDouble() - 1) * range;
      } else {
        shift = choices[random.nextInt(choices.length)] * (random.nextBoolean() ? 1 : -1);
        for (double choice : choices) {
          most = Math.max(most, choice);
        }
      }
      return most < 1 ? shift * size : shift;
    }
  }

  /** What lies beyond the edges of a picture, under the names of {@code fill_mode}. */
  public enum FillMode {
    CONSTANT,
    NEAREST,
    REFLECT,
    WRAP
  }

  /**
   * How places beyond the edges and between pixels are filled.
   *
   * @param mode {@code fill_mode}
   * @param value {@code cval}, for CONSTANT
   * @param order {@code interpolation_order}: 0 takes the nearest pixel, 1 interpolates
   */
  public record Fill(FillMode mode, double value, int order) {}

  /**
   * Pictures of a batch mixed with each other, labels too.
   *
   * @param alpha Keras's {@code MixUp(alpha)}; 0 for none
   * @param cut Keras's {@code CutMix(factor)}: from, to; null for none
   */
  public record Mix(double alpha, double[] cut) {}

  /** Reads the {@code augment} of a recipe; {@link Plan} reads the arguments for all parts. */
  public static Augmentation read(Config augment) {
    if (augment.isList()) {
      return ofLayers(augment);
    }
    double[] zoom = {1, 1};
    if (augment.has("zoom_range")) {
      double[] given = augment.get("zoom_range").numbers();
      zoom = given.length == 1 ? new double[] {1 - given[0], 1 + given[0]} : given;
      pair(augment, "zoom_range", zoom);
    }
    double[] brightness = null;
    if (augment.has("brightness_range")) {
      brightness = augment.get("brightness_range").numbers();
      pair(augment, "brightness_range", brightness);
    }
    return new Augmentation(
        augment.number("rotation_range", 0),
        Shift.read(augment, "width_shift_range"),
        Shift.read(augment, "height_shift_range"),
        augment.number("shear_range", 0),
        zoom,
        augment.number("channel_shift_range", 0),
        brightness,
        augment.flag("horizontal_flip", false),
        augment.flag("vertical_flip", false),
        fill(augment),
        mix(augment),
        List.of(),
        augment.text());
  }

  private static Augmentation ofLayers(Config augment) {
    List<RandomLayer> layers = new ArrayList<>();
    Map<String, Object> mixes = new LinkedHashMap<>();
    for (Config item : augment.items()) {
      Config.Named named = item.named();
      if (named.className().equals("MixUp") || named.className().equals("CutMix")) {
        mixes.put(named.className().toLowerCase(Locale.ROOT), mix(named));
      } else {
        layers.add(RandomLayer.read(named.className(), named.config()));
      }
    }
    if (layers.isEmpty() && mixes.isEmpty()) {
      throw augment.wrong("at least one random layer");
    }
    Augmentation none = read(Config.of(Map.of(), augment.where()));
    return new Augmentation(
        none.rotation,
        none.widthShift,
        none.heightShift,
        none.shear,
        none.zoom,
        none.channelShift,
        none.brightness,
        none.horizontalFlip,
        none.verticalFlip,
        none.fill,
        mix(Config.of(mixes, augment.where())),
        List.copyOf(layers),
        augment.text());
  }

  /** What a MixUp or CutMix layer says, in the words of the arguments. */
  private static Map<String, Object> mix(Config.Named named) {
    Config config = named.config().ignore("seed", "name", "dtype", "trainable", "data_format");
    String key = named.className().equals("MixUp") ? "alpha" : "factor";
    if (!config.has(key)) {
      return Map.of();
    }
    double[] values = config.get(key).numbers();
    return Map.of(key, values.length == 1 ? values[0] : Arrays.stream(values).boxed().toList());
  }

  private static Fill fill(Config augment) {
    FillMode mode = Preprocessing.choice(augment, "fill_mode", FillMode.values(), FillMode.NEAREST);
    int order = augment.integer("interpolation_order", 1);
    if (order != 0 && order != 1) {
      throw augment.get("interpolation_order").wrong("0 or 1");
    }
    return new Fill(mode, augment.number("cval", 0), order);
  }

  private static Mix mix(Config augment) {
    double alpha = 0;
    if (augment.has("mixup")) {
      alpha = augment.get("mixup").number("alpha", 0.2);
      if (!(alpha > 0 && alpha <= 1)) {
        throw augment.get("mixup").wrong("an 'alpha' above 0 and up to 1");
      }
    }
    double[] cut = null;
    if (augment.has("cutmix")) {
      Config value = augment.get("cutmix");
      double[] factor = value.has("factor") ? value.get("factor").numbers() : new double[] {1};
      cut = factor.length == 1 ? new double[] {0, factor[0]} : factor;
      if (cut.length != 2 || !(cut[0] >= 0 && cut[0] <= cut[1] && cut[1] <= 1)) {
        throw value.wrong("a 'factor' between 0 and 1, or two of them");
      }
    }
    if (alpha > 0 && cut != null) {
      throw new SettingException(
          augment.where() + ": takes 'mixup' or 'cutmix', not both. Remove one.");
    }
    return alpha == 0 && cut == null ? null : new Mix(alpha, cut);
  }

  private static void pair(Config augment, String key, double[] range) {
    if (range.length != 2 || !(range[0] >= 0)) {
      throw augment.get(key).wrong("two numbers of at least 0");
    }
  }

  /** True when single pictures are changed, and not only mixed. */
  boolean changes() {
    return !layers.isEmpty()
        || rotation != 0
        || widthShift.any()
        || heightShift.any()
        || shear != 0
        || zoom[0] != 1
        || zoom[1] != 1
        || channelShift != 0
        || brightness != null
        || horizontalFlip
        || verticalFlip;
  }

  /** The change of one picture by layers or arguments, a function of draw and row alone. */
  Change change(long draw, int row, int height, int width) {
    if (layers.isEmpty()) {
      return draw(draw, row, height, width);
    }
    SplittableRandom random = random(draw, row);
    List<double[]> drawn = layers.stream().map(l -> l.draw(random, height, width)).toList();
    return (h, w) -> numbers(drawn, h, w);
  }

  private static SplittableRandom random(long draw, int row) {
    // The row is mixed first: seeds that differ little give streams that are shifts of each other.
    return new SplittableRandom(draw ^ new SplittableRandom(row).nextLong());
  }

  /**
   * The change of one picture, a function of {@code draw} and {@code row} alone; the same
   * distributions as {@code get_random_transform}.
   *
   * @param height in pixels, for shifts by a fraction
   */
  public Transform draw(long draw, int row, int height, int width) {
    SplittableRandom random = random(draw, row);
    double theta = sides(random, rotation);
    double tx = heightShift.draw(random, height);
    double ty = widthShift.draw(random, width);
    double slant = sides(random, shear);
    double zx = between(random, zoom);
    double zy = between(random, zoom);
    boolean horizontal = random.nextBoolean() && horizontalFlip;
    boolean vertical = random.nextBoolean() && verticalFlip;
    double channels = sides(random, channelShift);
    double light = brightness == null ? Double.NaN : between(random, brightness);
    return new Transform(theta, tx, ty, slant, zx, zy, horizontal, vertical, channels, light);
  }

  private double[] numbers(List<double[]> drawn, int height, int width) {
    double[] all = new double[values()];
    int at = 0;
    for (int i = 0; i < layers.size(); i++) {
      double[] own = layers.get(i).values(drawn.get(i), height, width);
      System.arraycopy(own, 0, all, at, own.length);
      at += own.length;
    }
    return all;
  }

  /** How many numbers a change feeds to {@link #apply}. */
  int values() {
    return layers.isEmpty()
        ? Transform.VALUES
        : layers.stream().mapToInt(layer -> layer.kind().values).sum();
  }

  /**
   * The ops that change a picture of (height, width, channels), 0 to 255.
   *
   * @param values what {@link Change#values} gives
   */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TFloat64> values) {
    return layers.isEmpty()
        ? Warp.apply(tf, x, values, this)
        : RandomOps.apply(tf, x, values, layers);
  }

  private static double sides(SplittableRandom random, double range) {
    return (2 * random.nextDouble() - 1) * range;
  }

  private static double between(SplittableRandom random, double[] range) {
    return range[0] + random.nextDouble() * (range[1] - range[0]);
  }
}
