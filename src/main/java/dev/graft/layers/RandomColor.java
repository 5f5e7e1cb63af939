package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's random layers that change colours and leave every pixel where it is: in training every
 * picture is changed by an amount of its own. Source: keras/src/layers/preprocessing/
 * image_preprocessing, Keras 3.15.
 *
 * @param factor bounds of the amount; of a contrast, distances from 1 to both sides
 * @param second Solarization's bounds of the threshold; else null
 * @param range the values of pixels
 */
public record RandomColor(
    Kind kind,
    Chance.Bounds factor,
    Chance.Bounds second,
    List<Double> range,
    boolean channelsFirst,
    Integer seed)
    implements RandomPicture {
  /** Which layer. */
  public enum Kind {
    BRIGHTNESS("RandomBrightness"),
    COLOR_DEGENERATION("RandomColorDegeneration"),
    CONTRAST("RandomContrast"),
    GRAYSCALE("RandomGrayscale"),
    HUE("RandomHue"),
    INVERT("RandomInvert"),
    POSTERIZATION("RandomPosterization"),
    SATURATION("RandomSaturation"),
    SHARPNESS("RandomSharpness"),
    SOLARIZATION("Solarization");

    private final String keras;

    Kind(String keras) {
      this.keras = keras;
    }

    /** Keras's class name. */
    public String keras() {
      return keras;
    }
  }

  static RandomColor read(Config c, Kind kind) {
    c.ignore("bounding_box_format");
    boolean two = kind == Kind.SOLARIZATION;
    return new RandomColor(
        kind,
        two ? Chance.Bounds.fromZero(c, "addition_factor", 0) : factor(c, kind),
        two ? Chance.Bounds.fromZero(c, "threshold_factor", 0) : null,
        Chance.range(c),
        ChannelOrder.first(c),
        Numbers.seed(c));
  }

  private static Chance.Bounds factor(Config c, Kind kind) {
    return switch (kind) {
      case GRAYSCALE -> {
        double chance = c.number("factor", 0.5);
        yield new Chance.Bounds(chance, chance);
      }
      case INVERT -> Chance.Bounds.fromZero(c, "factor", 1);
      case CONTRAST -> {
        // Both numbers are distances from 1; one alone goes to both sides, as in tf_keras.
        Chance.Bounds given = Chance.Bounds.read(c, "factor");
        yield c.get("factor").isNumber() ? new Chance.Bounds(given.high(), given.high()) : given;
      }
      case POSTERIZATION ->
          c.get("factor").isNumber()
              ? new Chance.Bounds(1, c.number("factor"))
              : Chance.Bounds.read(c, "factor");
      case HUE, SHARPNESS ->
          c.get("factor").isNumber()
              ? Chance.Bounds.fromZero(c, "factor", 0)
              : Chance.Bounds.read(c, "factor");
      case BRIGHTNESS, COLOR_DEGENERATION, SATURATION ->
          c.get("factor").isNumber()
              ? new Chance.Bounds(-c.number("factor"), c.number("factor"))
              : Chance.Bounds.read(c, "factor");
      case SOLARIZATION -> throw new IllegalStateException("it has two factors");
    };
  }

  @Override
  public String className() {
    return kind.keras();
  }

  private double span() {
    return range.get(1) - range.get(0);
  }

  @Override
  public Operand<TFloat32> draw(Chance chance) {
    Floats f = chance.f();
    Operand<TFloat32> amount =
        switch (kind) {
          case BRIGHTNESS -> f.mul(chance.between(factor, 0), span());
          case COLOR_DEGENERATION, SHARPNESS -> chance.between(factor, 0);
          case CONTRAST ->
              chance.between(new Chance.Bounds(1 - factor.low(), 1 + factor.high()), 0);
          case GRAYSCALE, INVERT -> chance.whether(factor, 0);
          case HUE -> f.mul(f.mul(chance.sign(0), chance.between(factor, 1)), 0.5);
          // A whole number of bits that stay, the upper bound excluded.
          case POSTERIZATION -> f.sub(8, f.tf().math.floor(chance.between(factor, 0)));
          case SATURATION -> {
            Operand<TFloat32> share = chance.between(factor, 0);
            yield f.div(share, f.add(f.sub(1, share), 1e-7));
          }
          case SOLARIZATION ->
              chance.between(new Chance.Bounds(factor.low(), factor.high() * 255), 0);
        };
    return chance.table(
        second == null
            ? List.of(amount)
            : List.of(
                amount, chance.between(new Chance.Bounds(second.low(), second.high() * 255), 1)));
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    Operand<TFloat32> amount = Chance.column(f, drawn, 0);
    return switch (kind) {
      case BRIGHTNESS -> clipped(f, f.add(x, amount));
      case COLOR_DEGENERATION -> clipped(f, f.add(x, f.mul(amount, f.sub(gray(f, x), x))));
      case CONTRAST -> {
        Operand<TFloat32> mean = f.mean(f.mean(x, true, 1), true, 2);
        yield clipped(f, f.add(f.mul(f.sub(x, mean), amount), mean));
      }
      case GRAYSCALE -> f.where(f.tf().math.greater(amount, f.constant(0.5)), gray(f, x), x);
      case INVERT ->
          f.where(f.tf().math.greater(amount, f.constant(0.5)), f.sub(range.get(1), x), x);
      case HUE -> turned(f, x, amount);
      case POSTERIZATION -> posterized(f, x, amount);
      case SATURATION -> saturated(f, x, amount);
      case SHARPNESS -> sharpened(f, x, in, amount);
      case SOLARIZATION -> solarized(f, x, amount, Chance.column(f, drawn, 1));
    };
  }

  private Operand<TFloat32> clipped(Floats f, Operand<TFloat32> x) {
    return f.clip(x, range.get(0), range.get(1));
  }

  private static Operand<TFloat32> gray(Floats f, Operand<TFloat32> x) {
    return f.sum(f.mul(x, f.tf().constant(new float[] {0.2989f, 0.587f, 0.114f})), true, 3);
  }

  private static Operand<TFloat32> channel(Floats f, Operand<TFloat32> x, int index) {
    return f.slice(x, 3, index, Extent.of(f.tf(), index + 1), 1);
  }

  /** Keras clips the saturation, which goes to 1, to the range of the pixels; so is done here. */
  private Operand<TFloat32> saturated(Floats f, Operand<TFloat32> x, Operand<TFloat32> factor) {
    Operand<TFloat32> hsv = f.tf().image.rgbToHsv(x);
    Operand<TFloat32> saturation = clipped(f, f.mul(channel(f, hsv, 1), factor));
    return f.tf()
        .image
        .hsvToRgb(f.concat(List.of(channel(f, hsv, 0), saturation, channel(f, hsv, 2)), 3));
  }

  private Operand<TFloat32> turned(Floats f, Operand<TFloat32> x, Operand<TFloat32> by) {
    Operand<TFloat32> unit = f.div(f.add(x, -range.get(0)), f.constant(span()));
    Operand<TFloat32> hsv = f.tf().image.rgbToHsv(unit);
    Operand<TFloat32> hue = f.add(channel(f, hsv, 0), by);
    hue = f.where(f.tf().math.greater(hue, f.constant(1)), f.add(hue, -1), hue);
    hue = f.where(f.tf().math.less(hue, f.constant(0)), f.add(hue, 1), hue);
    Operand<TFloat32> rgb =
        f.tf().image.hsvToRgb(f.concat(List.of(hue, channel(f, hsv, 1), channel(f, hsv, 2)), 3));
    return f.add(f.mul(f.clip(rgb, 0, 1), span()), range.get(0));
  }

  /** The lowest bits of each byte are cut off. */
  private Operand<TFloat32> posterized(Floats f, Operand<TFloat32> x, Operand<TFloat32> bits) {
    double scale = 255 / span();
    Operand<TFloat32> bytes = f.tf().math.floor(f.mul(f.add(x, -range.get(0)), scale));
    Operand<TFloat32> step = f.tf().math.pow(f.constant(2), bits);
    Operand<TFloat32> cut = f.mul(f.tf().math.floor(f.div(bytes, step)), step);
    return f.add(f.div(cut, f.constant(scale)), range.get(0));
  }

  /** Away from a blurred picture, or towards it. */
  private Operand<TFloat32> sharpened(
      Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> amount) {
    float a = 1f / 13;
    float[] window = {a, a, a, a, 5f / 13, a, a, a, a};
    int channels = Math.toIntExact(in.known(3, className()));
    Operand<TFloat32> kernel =
        f.tf()
            .tile(
                f.tf().reshape(f.tf().constant(window), f.ints(3, 3, 1, 1)),
                f.ints(1, 1, channels, 1));
    Operand<TFloat32> smooth =
        f.tf().nn.depthwiseConv2dNative(x, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
    return clipped(f, f.add(x, f.mul(f.sub(1, f.mul(amount, 2)), f.sub(smooth, x))));
  }

  private Operand<TFloat32> solarized(
      Floats f, Operand<TFloat32> x, Operand<TFloat32> addition, Operand<TFloat32> threshold) {
    Operand<TFloat32> pixels = f.mul(f.div(f.add(x, -range.get(0)), f.constant(span())), 255);
    Operand<TFloat32> more = f.clip(f.add(pixels, addition), 0, 255);
    Operand<TFloat32> kept = f.where(f.tf().math.less(more, threshold), more, f.sub(255, more));
    return f.add(f.mul(f.div(kept, f.constant(255)), span()), range.get(0));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    switch (kind) {
      case GRAYSCALE -> config.put("factor", factor.high());
      case SOLARIZATION -> {
        config.put("addition_factor", factor.keras());
        config.put("threshold_factor", second.keras());
      }
      // Bits: Keras takes whole numbers alone.
      case POSTERIZATION -> config.put("factor", List.of((int) factor.low(), (int) factor.high()));
      case BRIGHTNESS, COLOR_DEGENERATION, CONTRAST, HUE, INVERT, SATURATION, SHARPNESS ->
          config.put("factor", factor.keras());
    }
    if (kind != Kind.GRAYSCALE) {
      config.put("value_range", range);
    }
    if (channelsFirst) {
      config.put("data_format", ChannelOrder.keras(true));
    }
    config.put("seed", seed);
    return config;
  }
}
