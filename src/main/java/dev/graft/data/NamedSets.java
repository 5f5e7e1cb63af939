package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.fetch.Places;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Data sets by name: where their files are looked for, and their class names. */
final class NamedSets {
  private static final List<String> CLOTHES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");
  private static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  private static final String SAMPLE = "fashion-mnist-sample";
  private static final Map<String, List<String>> SETS =
      Map.of(SAMPLE, CLOTHES, "fashion-mnist", CLOTHES, "mnist", DIGITS);

  private NamedSets() {}

  /** {@code {"dataset": NAME, "part"}}; without a part, the one that the examples are for. */
  static Dataset open(Config source, Context context) {
    String usual = context.role() == Context.Role.TRAIN ? "train" : "test";
    return open(
        source.string("dataset"), source.string("part", usual), context.places(), source.where());
  }

  private static Dataset open(String name, String part, Places places, String where) {
    List<String> classes = SETS.get(name);
    if (classes == null) {
      throw new SettingException(
          where + ": there is no data set '" + name + "'." + Nearest.hint(name, SETS.keySet()));
    }
    String prefix =
        switch (part) {
          case "train" -> "train";
          case "test" -> "t10k";
          default ->
              throw new SettingException(
                  where + ".part: expected \"train\" or \"test\", came \"" + part + "\".");
        };
    Idx images = idx(name, prefix + "-images-idx3-ubyte", places);
    Idx labels = idx(name, prefix + "-labels-idx1-ubyte", places);
    return IdxSets.of(name + " " + part, images, labels, classes);
  }

  private static Idx idx(String set, String file, Places places) {
    if (set.equals(SAMPLE)) {
      return resource(set + "/" + file + ".gz");
    }
    Path found =
        Places.find(
            places.data(), List.of(set + "/" + file + ".gz", set + "/" + file, file + ".gz", file));
    if (found == null) {
      throw new DataException(
          "data set '"
              + set
              + "': "
              + file
              + ".gz is in none of "
              + String.join(", ", places.data().stream().map(Path::toString).toList())
              + ". Put the file into one of them.");
    }
    return Idx.read(found);
  }

  private static Idx resource(String path) {
    try (InputStream in = NamedSets.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("resource " + path + " is missing from the jar");
      }
      byte[] bytes = in.readAllBytes();
      return Idx.read(new java.io.ByteArrayInputStream(bytes), bytes.length, path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
