package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.runtime.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * The {@code data} of a recipe, opened: examples to train on, to validate with, to test with.
 *
 * @param train never null
 * @param validation null when there is none
 * @param test null when there is none
 * @param how how the training examples are prepared, for the run's card
 */
public record Data(Examples train, Examples validation, Examples test, Preparation how)
    implements AutoCloseable {
  /**
   * Opens the {@code data} of a recipe; the caller closes it. Every image is decoded once to find
   * broken ones.
   *
   * @param data the keys of {@link Parts#read} and of {@link Plan#read}
   * @param absent how pictures and labels are prepared where the recipe is silent
   */
  public static Data open(Config data, Context context, Preparation absent, Settings settings) {
    Labels labels = Plan.labels(data, absent.labels());
    Parts parts = Parts.read(data, context.labelled(labels));
    return Plan.read(data, parts, absent).open(context, settings);
  }

  @Override
  public void close() {
    close(Arrays.asList(train, validation, test));
  }

  static void close(List<Examples> all) {
    for (Examples examples : all) {
      if (examples != null) {
        examples.close();
      }
    }
  }
}
