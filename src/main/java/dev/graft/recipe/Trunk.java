package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A pretrained network as the {@code model} of a recipe names it, without a head.
 *
 * @param words {@code trunk} or {@code load}, as a recipe has it
 * @param model the network and where its weights are
 */
public record Trunk(Map<String, Object> words, LoadedModel model) {
  /**
   * Opens an application, or a Keras file.
   *
   * @param name an application's name, or a file's path
   * @param weights a file, or null for the published ones or those in the file
   * @param size height and width of the pictures, or 0 for the application's own
   */
  public static Trunk open(String name, Path weights, int size, Surroundings around) {
    Map<String, Object> words = new LinkedHashMap<>();
    boolean file = name.matches(".*\\.(h5|hdf5|keras|json)$");
    String given = weights == null ? null : weights.toAbsolutePath().normalize().toString();
    if (file) {
      words.put("load", Path.of(name).toAbsolutePath().normalize().toString());
      if (given != null) {
        words.put("weights", given);
      }
    } else {
      Map<String, Object> trunk = new LinkedHashMap<>();
      trunk.put("application", name);
      trunk.put("weights", given == null ? "imagenet" : given);
      words.put("trunk", trunk);
    }
    Grafted grafted =
        new ModelReader(
                Path.of("").toAbsolutePath(),
                around,
                size > 0 ? new long[] {size, size, 3} : null,
                null,
                0)
            .read(Config.of(words, "--trunk"));
    if (grafted.note().image() == null) {
      throw new SettingException(
          name
              + ": nothing says how it wants its pictures. Name an application, or a file of"
              + " Graft.");
    }
    return new Trunk(
        words,
        new LoadedModel(
            name, grafted.model(), grafted.weights(), grafted.note(), null, grafted.generation()));
  }
}
