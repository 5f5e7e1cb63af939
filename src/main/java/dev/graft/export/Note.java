package dev.graft.export;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Versions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a model file must say beside its network, so that others can use it: how pictures are
 * prepared and what the outputs mean. It stands in a run's {@code card.json}, in the attribute
 * {@code graft} of an {@code .h5}, as {@code graft.json} in a {@code .keras} and in a SavedModel's
 * {@code assets.extra}.
 *
 * @param image null when the inputs are no pictures
 * @param classes their names by index; empty when the model is no classifier
 * @param scores how outputs become probabilities; null when the model is no classifier
 * @param check a few inputs with their outputs; null when there are none
 */
public record Note(Preprocessing image, List<String> classes, Scores scores, Check check) {
  /** Copies. */
  public Note {
    classes = List.copyOf(classes);
  }

  /** A model of which nothing more is known. */
  public static Note none() {
    return new Note(null, List.of(), null, null);
  }

  /** A classifier of pictures. */
  public static Note of(Classifier classifier) {
    return new Note(classifier.image(), classifier.classes(), classifier.scores(), null);
  }

  /** Reads what {@link #config} wrote; other keys are left to others. */
  public static Note read(Config config) {
    return new Note(
        config.has("preprocessing")
            ? Preprocessing.read(config.get("preprocessing"), Preprocessing.none())
            : null,
        config.strings("classes"),
        config.has("scores") ? scores(config.get("scores")) : null,
        config.has("check") ? Check.read(config.get("check")) : null);
  }

  /**
   * The same with inputs and what {@code network} makes of them, for whoever loads the file.
   *
   * @param pictures JPEG or PNG files for a classifier of pictures; when there are none, one or two
   *     are drawn
   */
  public Note checked(Network network, List<byte[]> pictures) {
    if (network.settings().precision() != Settings.Precision.FLOAT32) {
      // A file is computed in float32, in whatever precision its network was trained.
      Settings exact = network.settings().in(Settings.Precision.FLOAT32);
      try (Network twin = Network.forInference(network.model(), exact)) {
        twin.assign(network);
        return checked(twin, pictures);
      }
    }
    Classifier classifier = classifier(network.model()).orElse(null);
    return new Note(image, classes, scores, new SelfCheck(network).make(classifier, pictures));
  }

  /** The same with other outputs allowed to be further off; see {@link Check#tolerance}. */
  Note within(double tolerance) {
    return new Note(image, classes, scores, check == null ? null : check.within(tolerance));
  }

  /** The same without a check. */
  public Note unchecked() {
    return new Note(image, classes, scores, null);
  }

  private static Scores scores(Config value) {
    for (Scores scores : Scores.values()) {
      if (word(scores).equals(value.string())) {
        return scores;
      }
    }
    throw new SettingException(
        value.where()
            + ": '"
            + value.string()
            + "' is not known."
            + Nearest.hint(
                value.string(), Arrays.stream(Scores.values()).map(Note::word).toList()));
  }

  private static String word(Scores scores) {
    return scores.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The note as plain data: {@code graft}, {@code preprocessing}, {@code classes}, {@code scores}.
   */
  public Map<String, Object> config() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("graft", Versions.graft());
    map.put("preprocessing", image == null ? null : image.config());
    map.put("classes", classes);
    map.put("scores", scores == null ? null : word(scores));
    if (check != null) {
      map.put("check", check.config());
    }
    return map;
  }

  /** {@code model} as a classifier of pictures, when that is what this note describes. */
  public Optional<Classifier> classifier(Model model) {
    if (image == null || classes.isEmpty() || !Classifier.shaped(model)) {
      return Optional.empty();
    }
    return Optional.ofNullable(scores)
        .or(() -> Scores.of(model))
        .map(known -> new Classifier(image, classes, known).fitted(model));
  }
}
