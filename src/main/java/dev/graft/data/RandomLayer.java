package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One of Keras 3's random layers over pictures, under Keras's names.
 *
 * <p>Source: Keras 3.15 {@code layers/preprocessing/image_preprocessing}.
 *
 * @param kind which layer
 * @param first its {@code factor}, {@code height_factor} or {@code x_factor}: from, to
 * @param second its {@code width_factor} or {@code y_factor}; null for none
 * @param range its {@code value_range}: from, to
 * @param fill what lies beyond the edges
 * @param flips what a flip does
 */
record RandomLayer(
    Kind kind, double[] first, double[] second, double[] range, Fill fill, Flips flips) {
  /** The layers, and how many numbers a draw of each has for its ops. */
  enum Kind {
    FLIP("RandomFlip", 1),
    ROTATION("RandomRotation", 8),
    ZOOM("RandomZoom", 8),
    TRANSLATION("RandomTranslation", 8),
    SHEAR("RandomShear", 8),
    CONTRAST("RandomContrast", 1),
    BRIGHTNESS("RandomBrightness", 1),
    SATURATION("RandomSaturation", 1),
    HUE("RandomHue", 1),
    GRAYSCALE("RandomGrayscale", 1),
    INVERT("RandomInvert", 1),
    POSTERIZATION("RandomPosterization", 1);

    final String keras;
    final int values;

    Kind(String keras, int values) {
      this.keras = keras;
      this.values = values;
    }

    boolean moves() {
      return values == 8;
    }
  }

  /** {@code mode} of a flip: both sides are turned or none. */
  enum Flips {
    HORIZONTAL,
    VERTICAL,
    HORIZONTAL_AND_VERTICAL
  }

  /**
   * How places beyond the edges and between pixels are filled.
   *
   * @param mode {@code fill_mode} in capitals
   * @param value {@code fill_value}
   * @param interpolation in capitals
   */
  record Fill(String mode, float value, String interpolation) {}

  /** What a layer file may hold besides: it changes no pixel, or cannot be followed. */
  private static final Set<String> PASSED_OVER =
      Set.of("seed", "name", "dtype", "trainable", "data_format", "bounding_box_format");

  /** Reads a layer by Keras's name. */
  static RandomLayer read(String name, Config config) {
    Kind kind =
        Arrays.stream(Kind.values())
            .filter(k -> k.keras.equals(name))
            .findFirst()
            .orElseThrow(
                () -> {
                  List<String> known = Arrays.stream(Kind.values()).map(k -> k.keras).toList();
                  return new SettingException(
                      config.where()
                          + ": Graft has no random layer '"
                          + name
                          + "'."
                          + Nearest.hint(name, known));
                });
    config.ignore(PASSED_OVER.toArray(String[]::new));
    double[] first =
        switch (kind) {
          case FLIP -> new double[2];
          case ROTATION -> factor(config, "factor", -1, 1);
          case ZOOM, TRANSLATION -> factor(config, "height_factor", -1, 1);
          case SHEAR -> config.has("x_factor") ? factor(config, "x_factor", -1, 1) : new double[2];
          case BRIGHTNESS -> factor(config, "factor", -1, 1);
          case CONTRAST -> contrast(config);
          case GRAYSCALE -> probability(config, 0.5);
          case INVERT ->
              config.has("factor") ? factor(config, "factor", 0, 1) : new double[] {0, 1};
          case POSTERIZATION -> factor(config, "factor", 1, 8);
          case SATURATION -> factor(config, "factor", -1, 1);
          case HUE -> factor(config, "factor", 0, 1);
        };
    double[] second =
        switch (kind) {
          case ZOOM -> config.has("width_factor") ? factor(config, "width_factor", -1, 1) : null;
          case TRANSLATION -> factor(config, "width_factor", -1, 1);
          case SHEAR -> config.has("y_factor") ? factor(config, "y_factor", -1, 1) : new double[2];
          default -> null;
        };
    return new RandomLayer(
        kind, first, second, range(config, kind), fill(config, kind), flips(config, kind));
  }

  /** One number counts to both sides as far as the bounds allow; two are from and to. */
  private static double[] factor(Config config, String key, double least, double most) {
    double[] given = config.get(key).numbers();
    double[] pair =
        given.length == 1
            ? new double[] {Math.max(-Math.abs(given[0]), least), Math.abs(given[0])}
            : given.clone();
    Arrays.sort(pair);
    if (pair.length != 2 || pair[0] < least || pair[1] > most) {
      throw config
          .get(key)
          .wrong(
              String.format(
                  Locale.ROOT, "a number from %.0f to %.0f, or two of them", least, most));
    }
    return pair;
  }

  /** Keras takes 1 - factor to 1 + factor here, the two numbers for the two sides. */
  private static double[] contrast(Config config) {
    double[] given = factor(config, "factor", 0, 1);
    return new double[] {1 - given[0], 1 + given[1]};
  }

  private static double[] probability(Config config, double absent) {
    double value = config.number("factor", absent);
    if (!(value >= 0 && value <= 1)) {
      throw config.get("factor").wrong("a number from 0 to 1");
    }
    return new double[] {value, value};
  }

  private static double[] range(Config config, Kind kind) {
    if (kind == Kind.FLIP || kind == Kind.GRAYSCALE || kind.moves() || !config.has("value_range")) {
      return new double[] {0, 255};
    }
    double[] range = config.get("value_range").numbers();
    if (range.length != 2) {
      throw config.get("value_range").wrong("two numbers");
    }
    return range;
  }

  private static Fill fill(Config config, Kind kind) {
    if (!kind.moves()) {
      return null;
    }
    String mode = config.string("fill_mode", "reflect");
    if (!List.of("reflect", "wrap", "constant", "nearest").contains(mode)) {
      throw config.get("fill_mode").wrong("reflect, wrap, constant or nearest");
    }
    String interpolation = config.string("interpolation", "bilinear");
    if (!List.of("bilinear", "nearest").contains(interpolation)) {
      throw config.get("interpolation").wrong("bilinear or nearest");
    }
    return new Fill(
        mode.toUpperCase(Locale.ROOT),
        (float) config.number("fill_value", 0),
        interpolation.toUpperCase(Locale.ROOT));
  }

  private static Flips flips(Config config, Kind kind) {
    return kind == Kind.FLIP
        ? Preprocessing.choice(config, "mode", Flips.values(), Flips.HORIZONTAL_AND_VERTICAL)
        : null;
  }

  /**
   * Draws Keras's parameters: the angle in degrees, height and width zoom, shifts along height and
   * width in pixels, shear along x and y, a factor, a difference, or 0 or 1 for whether.
   */
  double[] draw(SplittableRandom random, int height, int width) {
    return switch (kind) {
      case FLIP -> new double[] {random.nextDouble() <= 0.5 ? 1 : 0};
      case ROTATION -> new double[] {360 * between(random, first)};
      case ZOOM -> {
        double high = 1 + between(random, first);
        yield new double[] {high, second == null ? high : 1 + between(random, second)};
      }
      case TRANSLATION ->
          new double[] {height * between(random, first), width * between(random, second)};
      case SHEAR -> {
        double side = random.nextDouble() > 0.5 ? -1 : 1;
        double y = between(random, second);
        yield new double[] {side * between(random, first), side * y};
      }
      case CONTRAST -> new double[] {between(random, first)};
      case BRIGHTNESS -> new double[] {between(random, first) * (range[1] - range[0])};
      case SATURATION -> {
        double factor = between(random, first);
        yield new double[] {factor / (1 - factor + 1e-7)};
      }
      case HUE -> {
        double side = random.nextDouble() > 0.5 ? -1 : 1;
        yield new double[] {side * between(random, first) * 0.5};
      }
      case GRAYSCALE -> new double[] {random.nextDouble() < first[0] ? 1 : 0};
      case INVERT -> {
        double chance = between(random, first);
        yield new double[] {random.nextDouble() < chance ? 1 : 0};
      }
      case POSTERIZATION -> {
        double bits =
            first[0] == first[1]
                ? first[0]
                : Math.floor(first[0] + random.nextDouble() * (first[1] - first[0]));
        yield new double[] {8 - bits};
      }
    };
  }

  private static double between(SplittableRandom random, double[] range) {
    return range[0] + random.nextDouble() * (range[1] - range[0]);
  }

  /** What the ops are fed: the parameters, or the eight numbers of a projective transform. */
  double[] values(double[] drawn, int height, int width) {
    double middleX = (width - 1) / 2.0;
    double middleY = (height - 1) / 2.0;
    return switch (kind) {
      case ROTATION -> {
        double cos = Math.cos(Math.toRadians(drawn[0]));
        double sin = Math.sin(Math.toRadians(drawn[0]));
        yield new double[] {
          cos,
          -sin,
          middleX - middleX * cos + middleY * sin,
          sin,
          cos,
          middleY - middleX * sin - middleY * cos,
          0,
          0
        };
      }
      case ZOOM ->
          new double[] {
            drawn[1], 0, middleX * (1 - drawn[1]), 0, drawn[0], middleY * (1 - drawn[0]), 0, 0
          };
      case TRANSLATION -> new double[] {1, 0, -drawn[1], 0, 1, -drawn[0], 0, 0};
      case SHEAR -> new double[] {1, drawn[0], 0, drawn[1], 1, 0, 0, 0};
      default -> drawn.clone();
    };
  }
}
