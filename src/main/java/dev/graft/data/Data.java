package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.runtime.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code data} of a recipe, opened: examples to train on, to validate with, to test with.
 *
 * @param train never null
 * @param validation null when there is none
 * @param test null when there is none
 * @param how how they are prepared, for the run's card
 */
public record Data(Examples train, Examples validation, Examples test, Preparation how)
    implements AutoCloseable {
  /**
   * Opens the {@code data} of a recipe; the caller closes it. Every image is decoded once to find
   * broken ones.
   *
   * @param data the keys of {@link Parts#read}, {@code image}, {@code labels}, {@code skip_bad}
   * @param absent how pictures and labels are prepared where the recipe is silent
   */
  public static Data open(Config data, Context context, Preparation absent, Settings settings) {
    Labels labels = labels(data, absent.labels());
    return open(data, Parts.read(data, context.labelled(labels)), context, absent, settings);
  }

  /** As the other form, of parts that were read before: a model may need to know the classes. */
  public static Data open(
      Config data, Parts parts, Context context, Preparation absent, Settings settings) {
    Labels labels = labels(data, absent.labels());
    boolean skipBad = data.flag("skip_bad", false);
    Preprocessing image = image(data, parts.train(), absent.image());
    Preparation how = new Preparation(image, labels);
    List<Examples> opened = new ArrayList<>();
    try {
      for (Dataset part : new Dataset[] {parts.train(), parts.validation(), parts.test()}) {
        opened.add(
            part == null
                ? null
                : part.checked(how, skipBad, settings, context.progress()).prepare(how, settings));
      }
      return new Data(opened.get(0), opened.get(1), opened.get(2), how);
    } catch (RuntimeException e) {
      close(opened);
      throw e;
    }
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
    Preprocessing rest = absent == null ? Preprocessing.none() : absent;
    if (data.has("image")) {
      return Preprocessing.read(data.get("image"), rest);
    }
    return train.file(0) == null ? null : rest;
  }

  @Override
  public void close() {
    List<Examples> all = new ArrayList<>();
    all.add(train);
    all.add(validation);
    all.add(test);
    close(all);
  }

  private static void close(List<Examples> all) {
    for (Examples examples : all) {
      if (examples != null) {
        examples.close();
      }
    }
  }
}
