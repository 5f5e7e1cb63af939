package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a picture becomes a model's input: the {@code image} of a recipe, kept in the run's card and
 * in model files.
 *
 * <p>The order is Keras's: decode, colour, resize, (augment,) {@code preprocess}, then {@code x *
 * rescale + offset}, then {@link Standardization}.
 *
 * @param size height and width in pixels, or null to keep the picture's own
 * @param color how many channels
 * @param decode whose decoder gives a JPEG's pixels
 * @param resize whose arithmetic resizes
 * @param interpolation Keras's name of the method; {@link Resize#methods} lists them
 * @param aspect what happens to a picture of another aspect ratio
 * @param preprocess an application's name or a mode, see {@link Mode#of}
 * @param rescale a factor, 1 for none
 * @param offset added after rescaling, 0 for none
 * @param standardization the last step
 * @param turned {@code exif}: photos are turned upright as their camera noted; Pillow and
 *     TensorFlow leave them as they are stored
 */
public record Preprocessing(
    int[] size,
    Color color,
    Decode decode,
    Resize resize,
    String interpolation,
    Aspect aspect,
    String preprocess,
    double rescale,
    double offset,
    Standardization standardization,
    boolean turned) {
  /** Keras's colour modes. */
  public enum Color {
    GRAYSCALE(1),
    RGB(3),
    RGBA(4);

    private final int channels;

    Color(int channels) {
      this.channels = channels;
    }

    /** The mode of pictures for a model that takes {@code channels}; RGB for any odd number. */
    public static Color of(long channels) {
      return channels == 1 ? GRAYSCALE : channels == 4 ? RGBA : RGB;
    }

    /** How many channels a picture has then. */
    public int channels() {
      return channels;
    }
  }

  /** Whose decoder gives a JPEG's pixels; other formats are the same in both. */
  public enum Decode {
    /** As Pillow's, to the last bit: the slow, accurate transform. */
    PILLOW,
    /** As {@code tf.io.decode_image}'s default, which is up to 5 of 255 off. */
    TF,
    /** Nobody's: the model takes the bytes of the file. */
    NONE
  }

  /** Whose arithmetic resizes. */
  public enum Resize {
    /** {@code tf.image.resize}: half-pixel centres, no antialiasing. */
    TF("bilinear nearest bicubic area lanczos3 lanczos5 gaussian mitchellcubic"),
    /** Pillow's {@code Image.resize}, as {@code load_img} calls it: antialiased, in whole steps. */
    PILLOW("nearest bilinear bicubic hamming box lanczos");

    private final String methods;

    Resize(String methods) {
      this.methods = methods;
    }

    /** The interpolation methods it has. */
    public List<String> methods() {
      return List.of(methods.split(" ", -1));
    }
  }

  /** What happens to a picture of another aspect ratio. */
  public enum Aspect {
    /** It is squeezed. */
    STRETCH,
    /** Its centre is cut out: {@code keep_aspect_ratio}, {@code crop_to_aspect_ratio}. */
    CROP,
    /** It is put on black: {@code pad_to_aspect_ratio}. */
    PAD
  }

  /** Checks sizes and names. */
  public Preprocessing {
    size = size == null ? null : size.clone();
    if (size != null && (size.length != 2 || size[0] < 1 || size[1] < 1)) {
      throw new SettingException("image.size: expected [height, width] in pixels, both above 0.");
    }
    if (!resize.methods().contains(interpolation)) {
      throw new SettingException(
          "image.interpolation: '"
              + interpolation
              + "' is not known to resize \""
              + lower(resize)
              + "\"."
              + Nearest.hint(interpolation, resize.methods()));
    }
    if (aspect == Aspect.PAD && resize == Resize.PILLOW) {
      throw new SettingException(
          "image.pad_to_aspect_ratio: Keras has it with resize \"tf\" only. Remove one of them.");
    }
    Mode.of(preprocess);
  }

  /** Pictures as they are: three channels, 0 to 255, their own size. */
  public static Preprocessing none() {
    return decodedBy(Decode.PILLOW);
  }

  /** Files as they are, for a model that decodes them itself. */
  public static Preprocessing bytes() {
    return decodedBy(Decode.NONE);
  }

  private static Preprocessing decodedBy(Decode decoder) {
    return new Preprocessing(
        null,
        Color.RGB,
        decoder,
        Resize.TF,
        "bilinear",
        Aspect.STRETCH,
        "none",
        1,
        0,
        Standardization.NONE,
        false);
  }

  /** Reads a recipe's {@code image} or what {@link #config} wrote; {@code absent} has the rest. */
  public static Preprocessing read(Config image, Preprocessing absent) {
    return read(image, absent, Standardization.read(image, absent.standardization));
  }

  private static Preprocessing read(Config image, Preprocessing absent, Standardization last) {
    Resize resize = choice(image, "resize", Resize.values(), absent.resize);
    String method =
        resize.methods().contains(absent.interpolation) ? absent.interpolation : "bilinear";
    Aspect aspect = absent.aspect;
    boolean keep = image.flag("keep_aspect_ratio", false);
    boolean crop = image.flag("crop_to_aspect_ratio", false) || keep;
    boolean pad = image.flag("pad_to_aspect_ratio", false);
    if (crop && pad) {
      throw new SettingException(
          image.where("pad_to_aspect_ratio")
              + ": the picture is cropped, too. Remove one of the two.");
    }
    if (crop || pad) {
      aspect = crop ? Aspect.CROP : Aspect.PAD;
    }
    return new Preprocessing(
        image.contains("size")
            ? image.has("size") ? image.get("size").integers() : null
            : absent.size,
        choice(image, "color", Color.values(), absent.color),
        choice(image, "decode", Decode.values(), absent.decode),
        resize,
        image.string("interpolation", method),
        aspect,
        image.string("preprocess", absent.preprocess),
        image.has("rescale") ? ratio(image.get("rescale")) : absent.rescale,
        image.number("offset", absent.offset),
        last,
        image.flag("exif", absent.turned));
  }

  /** The settings as plain data, in the keys of a recipe's {@code image}. */
  public Map<String, Object> config() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("size", size == null ? null : List.of(size[0], size[1]));
    map.put("color", lower(color));
    map.put("decode", lower(decode));
    map.put("resize", lower(resize));
    map.put("interpolation", interpolation);
    if (aspect != Aspect.STRETCH) {
      map.put(aspect == Aspect.CROP ? "crop_to_aspect_ratio" : "pad_to_aspect_ratio", true);
    }
    map.put("preprocess", preprocess);
    map.put("rescale", rescale);
    map.put("offset", offset);
    standardization.config(map);
    if (turned) {
      map.put("exif", true);
    }
    return map;
  }

  /** The same with other settings, in the keys of a recipe's {@code image}. */
  private Preprocessing with(Map<String, Object> changes, Standardization last) {
    return read(Config.of(changes, "image"), this, last);
  }

  /** The same with another size and number of channels, as a model's input wants them. */
  public Preprocessing sized(int height, int width, Color channels) {
    return with(Map.of("size", List.of(height, width), "color", lower(channels)), standardization);
  }

  /** The same in another colour mode. */
  Preprocessing colored(Color channels) {
    return with(Map.of("color", lower(channels)), standardization);
  }

  /** The same with another factor. */
  Preprocessing rescaled(double factor) {
    return with(Map.of("rescale", factor), standardization);
  }

  /** The same with another last step. */
  Preprocessing standardized(Standardization last) {
    return with(Map.of(), last);
  }

  /**
   * What a picture is to the eye: cut as for the model, in colours from 0 to 255.
   *
   * @param whole whether it keeps its own size
   */
  public Preprocessing visible(boolean whole) {
    Map<String, Object> changes = new LinkedHashMap<>();
    changes.put("color", lower(Color.RGB));
    changes.put("preprocess", "none");
    changes.put("rescale", 1);
    changes.put("offset", 0);
    if (whole) {
      changes.put("size", null);
    }
    return with(changes, Standardization.NONE);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** The value of {@code key} among {@code values}, written in small letters. */
  static <E extends Enum<E>> E choice(Config image, String key, E[] values, E absent) {
    if (!image.has(key)) {
      return absent;
    }
    String name = image.string(key);
    for (E value : values) {
      if (lower(value).equals(name)) {
        return value;
      }
    }
    List<String> known = List.of(values).stream().map(Preprocessing::lower).toList();
    throw new SettingException(
        image.where(key) + ": '" + name + "' is not known." + Nearest.hint(name, known));
  }

  /** A number, or a text such as {@code "1/255"}. */
  static double ratio(Config value) {
    if (!value.isString()) {
      return value.number();
    }
    String[] parts = value.string().split("/", -1);
    try {
      double number = Double.parseDouble(parts[0].strip());
      if (parts.length <= 2) {
        double ratio = parts.length == 1 ? number : number / Double.parseDouble(parts[1].strip());
        if (Double.isFinite(ratio)) {
          return ratio;
        }
      }
    } catch (NumberFormatException e) {
      // Said below in the words of the recipe.
    }
    throw value.wrong("a number or a ratio such as \"1/255\"");
  }
}
