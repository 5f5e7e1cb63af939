package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.layers.Layer;
import dev.graft.layers.Lookup;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.TextVectorization;
import dev.graft.model.KerasNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What lookup layers learnt from data, which a {@code .keras} archive keeps beside their settings:
 * the words in {@code assets/…/vocabulary.txt}, their weights among the network's. Here both become
 * settings, as they are where somebody gave them to the layer. Source: Keras 3.15 {@code
 * layers/preprocessing/index_lookup.py} and {@code saving/saving_lib.py}.
 */
final class Learned {
  private static final Set<String> LOOKUPS =
      Set.of("StringLookup", "IntegerLookup", "TextVectorization");
  private static final String WEIGHTS = "idf_weights";

  /** How tf_keras calls what it keeps of a lookup in a {@code .h5}. */
  private static final Pattern UNNAMED = Pattern.compile("(.*/)?Variable(_\\d+)?(:0)?");

  private final Path path;
  private final UnaryOperator<String> text;

  private Learned(Path path, UnaryOperator<String> text) {
    this.path = path;
    this.text = text;
  }

  /** The network's config with what its lookups learnt; {@code text} gives the archive's parts. */
  static Config in(Config model, Path path, UnaryOperator<String> text) {
    return Config.of(new Learned(path, text).network(model.plain(), ""), model.where());
  }

  private Object network(Object plain, String prefix) {
    if (!(plain instanceof Map<?, ?> document)
        || !(document.get("config") instanceof Map<?, ?> config)
        || !(config.get("layers") instanceof List<?> layers)) {
      return plain;
    }
    KerasNames names = new KerasNames(List.of());
    List<Object> filled = new ArrayList<>();
    for (Object layer : layers) {
      filled.add(layer(layer, names, prefix));
    }
    Map<String, Object> changed = Dialect.text(config);
    changed.put("layers", filled);
    return with(document, changed);
  }

  private Object layer(Object plain, KerasNames names, String prefix) {
    if (!(plain instanceof Map<?, ?> layer)
        || !(layer.get("class_name") instanceof String className)
        || !(layer.get("config") instanceof Map<?, ?> settings)) {
      return plain;
    }
    String key = prefix + "layers/" + names.next(ClassNames.python(className));
    if (ModelReader.isNetwork(className)) {
      return network(layer, key + "/");
    }
    boolean learned = LOOKUPS.contains(className) && settings.get("vocabulary") == null;
    String words = learned ? text.apply("assets/" + key + "/vocabulary.txt") : null;
    if (words == null) {
      return plain;
    }
    Map<String, Object> config = Dialect.text(settings);
    List<String> lines = Arrays.asList(words.split("\r?\n", -1));
    // The empty text may be a word; Keras 3 forgets it when it comes last, and says how many it
    // had.
    int least = settings.get("vocabulary_size") instanceof Number size ? size.intValue() : 1;
    while (lines.size() > Math.max(1, least) && lines.get(lines.size() - 1).isEmpty()) {
      lines = lines.subList(0, lines.size() - 1);
    }
    config.put("vocabulary", className.equals("IntegerLookup") ? numbers(lines, key) : lines);
    if (String.valueOf(config.get("output_mode")).matches("tf.idf")) {
      config.put(WEIGHTS, weights(key));
    }
    return with(layer, config);
  }

  private static Map<String, Object> with(Map<?, ?> whole, Map<String, Object> config) {
    Map<String, Object> changed = Dialect.text(whole);
    changed.put("config", config);
    return changed;
  }

  private List<Long> numbers(List<String> lines, String key) {
    try {
      return lines.stream().map(line -> Long.valueOf(line.strip())).toList();
    } catch (NumberFormatException e) {
      throw new dev.graft.error.MalformedFileException(
          path + ": assets/" + key + "/vocabulary.txt: expected a whole number a line.", e);
    }
  }

  /** The weights of words; null when the file has none. */
  private List<Double> weights(String key) {
    try (WeightFile file = WeightFile.open(path)) {
      for (StoredLayer layer : file.layers()) {
        for (StoredTensor tensor : layer.tensors()) {
          String place = "layers/" + layer.key() + "/" + tensor.name();
          if (place.equals(key + "/vars/" + WEIGHTS)) {
            List<Double> all = new ArrayList<>();
            for (float value : tensor.values()) {
              all.add((double) value);
            }
            return all;
          }
        }
      }
    }
    return null;
  }

  /** Whether a tensor of a file's layer says what is among the settings of {@code layer}. */
  static boolean says(StoredTensor tensor, Layer layer, Layout layout) {
    return layout.byClass()
        ? tensor.name().endsWith("vars/" + WEIGHTS)
        : UNNAMED.matcher(tensor.name()).matches() && weighs(layer);
  }

  private static boolean weighs(Layer layer) {
    return layer instanceof Nested nested
        ? in(nested.model())
        : layer instanceof Lookup lookup && lookup.placeWeights() != null;
  }

  /** Whether a lookup of {@code model} weighs its words. */
  static boolean in(Model model) {
    return model.layers().stream().map(Model.Entry::layer).anyMatch(Learned::weighs);
  }

  /** What tf_keras wants among the weights of {@code layer} in a {@code .h5}, by name. */
  static Map<String, List<Double>> byName(Layer layer) {
    return layer instanceof Lookup lookup && weighs(layer)
        ? Map.of("Variable:0", lookup.placeWeights())
        : Map.of();
  }

  /** What both Kerases want in the group of {@code layer} in a {@code .keras}, by path. */
  static Map<String, List<Double>> byClass(Layer layer) {
    Map<String, List<Double>> kept = new LinkedHashMap<>();
    if (layer instanceof Lookup lookup && weighs(layer)) {
      kept.put("vars/" + WEIGHTS, lookup.placeWeights());
      if (layer instanceof TextVectorization) {
        kept.put("_lookup_layer/vars/" + WEIGHTS, lookup.placeWeights());
      }
    }
    if (layer instanceof Nested nested) {
      LayerPartners.keys(nested.model())
          .forEach(
              (name, key) ->
                  byClass(nested.model().layer(name).layer())
                      .forEach((path, values) -> kept.put("layers/" + key + "/" + path, values)));
    }
    return kept;
  }
}
