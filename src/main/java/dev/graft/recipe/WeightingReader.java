package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Dataset;
import dev.graft.data.Parts;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.train.Weighting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a stage's {@code class_weight} and {@code sample_weight}. */
final class WeightingReader {
  private final Parts parts;
  private final List<String> outputs;

  /**
   * A reader.
   *
   * @param parts the stage's data
   * @param outputs names of the model's outputs
   */
  WeightingReader(Parts parts, List<String> outputs) {
    this.parts = parts;
    this.outputs = outputs;
  }

  Weighting read(Config stage) {
    Weighting ofClasses = classes(stage);
    if (!stage.has("sample_weight")) {
      return ofClasses;
    }
    List<Weighting.Samples> train = new ArrayList<>();
    List<Weighting.Samples> validation = new ArrayList<>();
    for (String output : outputs) {
      Config file = file(stage.get("sample_weight"), output);
      NpyArray weights = file == null ? null : array(file);
      train.add(chosen(file, weights, parts.train()));
      if (ofBothParts(weights)) {
        validation.add(chosen(file, weights, parts.validation()));
      }
    }
    boolean all = validation.size() == outputs.size();
    return new Weighting(ofClasses.classes(), train, all ? validation : List.of());
  }

  private Weighting classes(Config stage) {
    if (!stage.has("class_weight")) {
      return Weighting.NONE;
    }
    Dataset train = parts.train();
    Config value = stage.get("class_weight");
    if (value.isString()) {
      if (!value.string().equals("balanced")) {
        throw value.wrong("\"balanced\" or a weight for each class");
      }
      return Weighting.balanced(train.size(), train::label);
    }
    Map<Integer, Double> weights = new LinkedHashMap<>();
    for (String key : value.keys()) {
      weights.put(index(value, key, train.classes()), value.number(key));
    }
    return new Weighting(weights, List.of());
  }

  private static int index(Config value, String key, List<String> classes) {
    int index = classes.indexOf(key);
    if (index < 0 && key.matches("\\d{1,6}")) {
      index = Integer.parseInt(key);
    }
    if (index < 0 || (!classes.isEmpty() && index >= classes.size())) {
      throw new SettingException(
          value.where(key)
              + ": there is no class '"
              + key
              + "'. Classes: "
              + String.join(", ", classes)
              + ".");
    }
    return index;
  }

  /** The file for one output: given by output name, by position, or one for all. */
  private Config file(Config value, String output) {
    if (value.isObject()) {
      for (String key : value.keys()) {
        if (!outputs.contains(key)) {
          throw new SettingException(
              value.where(key) + ": there is no output '" + key + "'. Outputs: " + outputs + ".");
        }
      }
      return value.has(output) ? value.get(output) : null;
    }
    if (value.isList()) {
      if (value.items().size() != outputs.size()) {
        throw value.wrong("one .npy file for each of the outputs " + outputs);
      }
      return value.items().get(outputs.indexOf(output));
    }
    return value;
  }

  private static NpyArray array(Config file) {
    NpyArray array;
    try (NpyFile npy = NpyFile.open(Path.of(file.string()))) {
      array = npy.array();
    }
    if (array.shape().length < 1 || array.shape().length > 2) {
      throw new DataException(
          file.string()
              + ": expected weights of shape (examples) or (examples, steps), came "
              + Arrays.toString(array.shape())
              + ".");
    }
    return array;
  }

  /** True when {@code weights} are of all stored examples and validation has some of those. */
  private boolean ofBothParts(NpyArray weights) {
    return weights != null
        && parts.validation() != null
        && parts.validation().inputs().get(0).column() == parts.train().inputs().get(0).column()
        && weights.shape()[0] == stored(parts.train());
  }

  private static int stored(Dataset data) {
    return data.inputs().get(0).column().size();
  }

  /**
   * The weights of the examples of {@code data}: the array has one for each of them, or one for
   * each example there was before any were left out.
   */
  private static Weighting.Samples chosen(Config file, NpyArray weights, Dataset data) {
    if (weights == null) {
      float[] ones = new float[data.size()];
      Arrays.fill(ones, 1);
      return Weighting.Samples.of(ones);
    }
    int rows = Math.toIntExact(weights.shape()[0]);
    int width = weights.shape().length == 1 ? 1 : Math.toIntExact(weights.shape()[1]);
    float[] all = weights.floats();
    if (rows == data.size() && rows != stored(data)) {
      return new Weighting.Samples(all, width);
    }
    if (rows != stored(data)) {
      throw new DataException(
          file.string()
              + ": expected a weight for each of the "
              + data.size()
              + " training examples"
              + (data.size() == stored(data) ? "" : ", or of the " + stored(data) + " stored")
              + ", came "
              + rows
              + ".");
    }
    float[] values = new float[data.size() * width];
    for (int i = 0; i < data.size(); i++) {
      System.arraycopy(all, data.rows()[i] * width, values, i * width, width);
    }
    return new Weighting.Samples(values, width);
  }
}
