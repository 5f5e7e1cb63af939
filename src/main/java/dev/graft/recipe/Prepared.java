package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Preprocessing;
import dev.graft.keras.KerasFile;
import dev.graft.model.Applications;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model's file or name says of its inputs.
 *
 * @param image how pictures are prepared, or null when nothing says so
 * @param classes names by index, or empty
 */
public record Prepared(Preprocessing image, List<String> classes) {
  /** Nothing is known. */
  static final Prepared NOTHING = new Prepared(null, List.of());

  /** Copies its list. */
  public Prepared {
    classes = List.copyOf(classes);
  }

  /** As the application's own {@code preprocess_input} wants it. */
  static Prepared of(Applications.Application application) {
    Preprocessing plain =
        Preprocessing.none().sized(application.size(), application.size(), Preprocessing.Color.RGB);
    Map<String, Object> settings = new LinkedHashMap<>(plain.config());
    settings.put("preprocess", application.name());
    return new Prepared(
        Preprocessing.read(Config.of(settings, application.name()), plain), List.of());
  }

  /** As Graft wrote it into the file when it trained the model. */
  static Prepared of(KerasFile file) {
    if (file.graft() == null) {
      return NOTHING;
    }
    Config own = Config.of(file.graft(), file.path() + ": graft");
    Preprocessing image =
        own.has("image") ? Preprocessing.read(own.get("image"), Preprocessing.none()) : null;
    return new Prepared(image, own.strings("classes"));
  }

  /** What Graft writes into a model file, as plain data. */
  public Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    if (image != null) {
      plain.put("image", image.config());
    }
    plain.put("classes", classes);
    return plain;
  }
}
