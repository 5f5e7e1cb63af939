package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Dataset;
import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.train.Weighting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code class_weight} and {@code sample_weight} of a stage. */
final class WeightingReader {
  private WeightingReader() {}

  /**
   * How much each of the examples {@code train} counts.
   *
   * @param outputs the names of the model's outputs
   */
  static Weighting read(Config stage, List<String> outputs, Dataset train) {
    return new Weighting(
        stage.has("class_weight") ? classes(stage.get("class_weight"), train) : Map.of(),
        stage.has("sample_weight")
            ? samples(stage.get("sample_weight"), outputs, train.size())
            : List.of());
  }

  private static Map<Integer, Double> classes(Config value, Dataset train) {
    if (value.isString()) {
      if (!value.string().equals("balanced")) {
        throw value.wrong("\"balanced\" or a weight for each class");
      }
      return Weighting.balanced(train.size(), train::label).classes();
    }
    Map<Integer, Double> weights = new LinkedHashMap<>();
    for (String key : value.keys()) {
      weights.put(index(value, key, train.classes()), value.number(key));
    }
    return weights;
  }

  /** A class by its name, or by its number. */
  private static int index(Config value, String key, List<String> classes) {
    int index = classes.indexOf(key);
    if (index >= 0) {
      return index;
    }
    try {
      return Integer.parseInt(key);
    } catch (NumberFormatException e) {
      throw new SettingException(
          value.where(key)
              + ": there is no class '"
              + key
              + "'. Classes: "
              + String.join(", ", classes)
              + ".",
          e);
    }
  }

  /** Files of weights: one for the only output, or one for each by place or by name. */
  private static List<Weighting.Samples> samples(Config value, List<String> outputs, int examples) {
    List<Config> files = new ArrayList<>();
    if (value.isString()) {
      files.add(value);
    } else if (value.isList()) {
      files.addAll(value.items());
    } else {
      for (String key : value.keys()) {
        if (!outputs.contains(key)) {
          throw value.get(key).wrong("a file for each of the outputs " + outputs);
        }
      }
      outputs.forEach(name -> files.add(value.get(name)));
    }
    if (files.size() != outputs.size()) {
      throw value.wrong("a file for each of the outputs " + outputs);
    }
    return files.stream().map(file -> samples(file, examples)).toList();
  }

  private static Weighting.Samples samples(Config file, int examples) {
    NpyArray array;
    try (NpyFile npy = NpyFile.open(Path.of(file.string()))) {
      array = npy.array();
    }
    long[] shape = array.shape();
    if (shape.length < 1 || shape.length > 2 || shape[0] != examples) {
      throw new SettingException(
          file.where()
              + ": "
              + file.string()
              + ": expected a weight for each of the "
              + examples
              + " training examples, ("
              + examples
              + ") or ("
              + examples
              + ", steps), came "
              + java.util.Arrays.toString(shape)
              + ".");
    }
    return new Weighting.Samples(array.floats(), array.size() / examples);
  }
}
