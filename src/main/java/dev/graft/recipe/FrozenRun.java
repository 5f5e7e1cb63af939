package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.export.Card;
import dev.graft.export.Note;
import dev.graft.keras.LoadOptions;
import dev.graft.layers.Model;
import dev.graft.network.FrozenLayer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run whose trunk is a frozen graph. No Keras file can hold that, so the run folder has the
 * trained weights alone, and the network is built again as its recipe says.
 */
final class FrozenRun {
  static final String WEIGHTS = "model.weights.h5";

  private FrozenRun() {}

  /** True for a model that no Keras file can hold. */
  static boolean needed(Model model) {
    return model.layers().stream().anyMatch(entry -> entry.layer() instanceof FrozenLayer);
  }

  /** True when {@code folder} is such a run. */
  static boolean in(Path folder) {
    return Files.exists(folder.resolve(WEIGHTS)) && Files.exists(folder.resolve(RunFolder.RECIPE));
  }

  /** The trained model of the run in {@code folder}. */
  static LoadedModel open(Path folder, LoadOptions options, Surroundings around) {
    Config recipe = Config.read(folder.resolve(RunFolder.RECIPE));
    Note note = note(folder);
    long[] pictures =
        note.image() == null || note.image().size() == null
            ? null
            : new long[] {
              note.image().size()[0], note.image().size()[1], note.image().color().channels()
            };
    Grafted grafted =
        new ModelReader(folder.toAbsolutePath(), around, pictures, null, note.classes().size())
            .read(model(recipe));
    return new LoadedModel(
        folder.toString(),
        grafted.model(),
        new WeightPlan(folder.resolve(WEIGHTS), options),
        note,
        null);
  }

  /** The model of a recipe with the head that the last stage gave it. */
  private static Config model(Config recipe) {
    Map<String, Object> model = new LinkedHashMap<>();
    Config said = recipe.get("model");
    said.keys().forEach(key -> model.put(key, said.has(key) ? said.get(key).plain() : null));
    for (Config stage : recipe.get("stages").items()) {
      if (stage.has("head")) {
        model.put("head", stage.get("head").plain());
      }
    }
    return Config.of(model, said.where());
  }

  private static Note note(Path folder) {
    Path card = folder.resolve(Card.FILE);
    if (!Files.exists(card)) {
      throw new DataException(
          folder + ": it has no " + Card.FILE + ", so the run did not end. Finish it first.");
    }
    Config config = Config.read(card);
    List<String> classes = new ArrayList<>(config.strings("classes"));
    Note read = Note.read(config.ignore());
    return new Note(read.image(), classes, read.scores(), null);
  }
}
