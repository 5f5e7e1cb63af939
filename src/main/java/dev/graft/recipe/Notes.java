package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Preprocessing;
import dev.graft.export.Note;
import dev.graft.keras.KerasFile;
import dev.graft.model.Applications;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a model's file or name says of its inputs and outputs. */
final class Notes {
  private Notes() {}

  /** As the application's own {@code preprocess_input} wants it. */
  static Note of(Applications.Application application) {
    Preprocessing plain =
        Preprocessing.none().sized(application.size(), application.size(), Preprocessing.Color.RGB);
    Map<String, Object> settings = new LinkedHashMap<>(plain.config());
    settings.put("preprocess", application.name());
    return new Note(
        Preprocessing.read(Config.of(settings, application.name()), plain), List.of(), null, null);
  }

  /** As Graft wrote it into the file when it trained the model. */
  static Note of(KerasFile file) {
    return file.graft() == null
        ? Note.none()
        : Note.read(Config.of(file.graft(), file.path() + ": graft"));
  }
}
