package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.data.Context.Role;
import dev.graft.data.Preprocessing.Color;
import dev.graft.error.SettingException;
import dev.graft.runtime.Settings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All that a recipe's {@code data} says: which examples, and how they are prepared. Plain data;
 * nothing is decoded before {@link #open}.
 */
public final class Plan {
  private final Parts parts;
  private final Preprocessing image;
  private final Labels labels;
  private final Map<Role, Augmentation> augmentations = new EnumMap<>(Role.class);
  private final Fitting fitting;
  private final boolean skipBad;

  private Plan(Config data, Parts parts, Preparation absent) {
    this.parts = parts;
    labels = labels(data, absent.labels());
    skipBad = data.flag("skip_bad", false);
    Preprocessing prepared = image(data, parts.train(), absent.image());
    Fitting fit = null;
    if (data.has("augment")) {
      Config augment = data.get("augment");
      augmentations.put(Role.TRAIN, Augmentation.read(augment));
      if (!augment.isList()) {
        fit = Fitting.read(augment);
        prepared =
            withArguments(augment, prepared == null ? arrays(parts.train(), null) : prepared);
      } else if (prepared == null) {
        prepared = arrays(parts.train(), null);
      }
    }
    image = prepared;
    fitting = fit;
    for (Role role : Role.values()) {
      String key = Source.key(role);
      if (data.has(key) && data.get(key).has("augment")) {
        augmentations.put(role, Augmentation.read(data.get(key).get("augment")));
      }
    }
  }

  /**
   * Reads how the parts are prepared: {@code image}, {@code augment}, {@code labels}, {@code
   * skip_bad}, and the {@code augment} that a SOURCE may carry.
   *
   * @param absent how pictures and labels are prepared where the recipe is silent
   */
  public static Plan read(Config data, Parts parts, Preparation absent) {
    return new Plan(data, parts, absent);
  }

  /** The {@code labels} of the recipe or of its {@code train}, or {@code absent}. */
  public static Labels labels(Config data, Labels absent) {
    for (Config place : new Config[] {data, data.get("train")}) {
      if (place.has("labels")) {
        return Labels.of(place.get("labels"));
      }
    }
    return absent;
  }

  /** Image files are always prepared; arrays are pictures only when the recipe says so. */
  private static Preprocessing image(Config data, Dataset train, Preprocessing absent) {
    Preprocessing rest = train.file(0) == null ? arrays(train, absent) : absent;
    if (data.has("image")) {
      return Preprocessing.read(data.get("image"), rest == null ? Preprocessing.none() : rest);
    }
    return train.file(0) == null ? null : rest == null ? Preprocessing.none() : rest;
  }

  /** Stored pictures keep their number of channels when nothing else is said. */
  private static Preprocessing arrays(Dataset train, Preprocessing absent) {
    if (absent != null) {
      return absent;
    }
    int[] shape = train.inputs().get(0).column().shape();
    for (Color color : Color.values()) {
      if (shape.length == 3 && shape[2] == color.channels()) {
        return Preprocessing.none().colored(color);
      }
    }
    return Preprocessing.none();
  }

  /** ImageDataGenerator's arguments that hold for all parts. */
  private static Preprocessing withArguments(Config augment, Preprocessing image) {
    Preprocessing standardized =
        image.standardized(Standardization.read(augment, image.standardization()));
    if (!augment.has("rescale")) {
      return standardized;
    }
    if (image.rescale() != 1) {
      throw new SettingException(
          augment.where("rescale") + ": 'image' has a rescale, too. Remove one of them.");
    }
    return standardized.rescaled(Preprocessing.ratio(augment.get("rescale")));
  }

  /**
   * Decodes every image once to find broken ones, learns from the training pictures what the recipe
   * asks for, and opens the parts; the caller closes them.
   */
  public Data open(Context context, Settings settings) {
    Dataset train = checked(parts.train(), context, settings);
    Preprocessing fitted =
        fitting == null
            ? image
            : image.standardized(fitting.fit(train, image, settings, context.progress()));
    List<Examples> opened = new ArrayList<>();
    try {
      opened.add(train.prepare(preparation(fitted, Role.TRAIN), settings));
      opened.add(open(parts.validation(), fitted, Role.VALIDATION, context, settings));
      opened.add(open(parts.test(), fitted, Role.TEST, context, settings));
      return new Data(opened.get(0), opened.get(1), opened.get(2), preparation(fitted, Role.TRAIN));
    } catch (RuntimeException e) {
      Data.close(opened);
      throw e;
    }
  }

  private Examples open(
      Dataset part, Preprocessing fitted, Role role, Context context, Settings settings) {
    return part == null
        ? null
        : checked(part, context, settings).prepare(preparation(fitted, role), settings);
  }

  private Preparation preparation(Preprocessing fitted, Role role) {
    return new Preparation(fitted, labels, augmentations.get(role));
  }

  private Dataset checked(Dataset part, Context context, Settings settings) {
    return part.checked(preparation(image, Role.TRAIN), skipBad, settings, context);
  }
}
