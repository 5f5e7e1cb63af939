package dev.graft.cli;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.fetch.Places;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The names of ImageNet's 1,000 classes, from the file that Keras's decode_predictions reads. */
final class ImageNetClasses {
  private static final String FILE = "imagenet_class_index.json";

  private ImageNetClasses() {}

  static List<String> read(Places places) {
    Path file = Places.find(places.weights(), List.of(FILE));
    if (file == null) {
      throw new DataException(
          "--imagenet: "
              + FILE
              + " is in none of "
              + String.join(", ", places.weights().stream().map(Path::toString).toList())
              + ". Fetch it with: graft weights fetch imagenet_class_index");
    }
    Config index = Config.read(file);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      List<Config> pair = index.get(Integer.toString(i)).items();
      names.add(pair.get(pair.size() - 1).string());
    }
    return names;
  }
}
