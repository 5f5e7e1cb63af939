package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.error.SettingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A recipe as plain data, before it is read: overrides put in, paths made absolute.
 *
 * <p>Immutable; the order of keys is kept.
 */
public final class RecipeFile {
  private static final List<String> SOURCE_PATHS =
      List.of("folder", "csv", "table", "idx", "npy", "npz", "hdf5");

  /** The key under which a recipe says what differs at full size. */
  static final String FULL = "full";

  private static final List<String> PARTS = List.of("train", "validation", "test");
  private static final String IN_THE_JAR = "fashion-mnist-sample";

  /** A run's name is a folder's. */
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Map<String, Object> root;
  private final String where;

  private RecipeFile(Map<String, Object> root, String where) {
    this.root = root;
    this.where = where;
  }

  /** Reads a recipe file; its relative paths start from its folder. */
  public static RecipeFile read(Path file) {
    Config config = Config.read(file);
    if (!config.isObject()) {
      throw config.wrong("a recipe, {\"graft\": 1, …}");
    }
    return of(map(config.plain()), file.toAbsolutePath().getParent(), file.toString());
  }

  /** A recipe made in memory; relative paths start from {@code base}. */
  public static RecipeFile of(Map<String, Object> plain, Path base, String where) {
    Map<String, Object> root = copy(plain);
    absolute(root, base);
    return new RecipeFile(root, where);
  }

  /**
   * The recipe with one value replaced.
   *
   * @param setting {@code key.path=value}; a value that is not JSON is a text
   */
  public RecipeFile with(String setting) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new SettingException(
          "--set " + setting + ": expected key.path=value, as in stages.0.epochs=1.");
    }
    String text = setting.substring(equals + 1);
    Object value;
    try {
      value = Config.parse(text, "--set").plain();
    } catch (dev.graft.error.MalformedFileException e) {
      value = text;
    }
    Map<String, Object> changed = copy(root);
    put(changed, setting.substring(0, equals), value, setting);
    absolute(changed, Path.of("").toAbsolutePath());
    return new RecipeFile(changed, where);
  }

  /**
   * The recipe at full size: with every value that its {@code full} names, {@code {"key.path":
   * value}}.
   *
   * @throws SettingException when it has none
   */
  public RecipeFile full() {
    if (!(root.get(FULL) instanceof Map<?, ?> values)) {
      throw new SettingException(
          where + ": --full: this recipe has no \"full\", so it is at full size already.");
    }
    Map<String, Object> changed = copy(root);
    changed.remove(FULL);
    map(values).forEach((path, value) -> put(changed, path, copyOf(value), FULL + " " + path));
    return new RecipeFile(changed, where);
  }

  /**
   * The recipe with every data set that it names looked for in {@code folder} alone.
   *
   * @throws SettingException when it names none
   */
  public RecipeFile withData(Path folder) {
    Map<String, Object> changed = copy(root);
    List<Map<String, Object>> named = new ArrayList<>();
    sources(changed, named);
    if (changed.get("stages") instanceof List<?> stages) {
      stages.forEach(stage -> sources(map(stage), named));
    }
    named.removeIf(
        source ->
            !(source.get("dataset") instanceof String) || IN_THE_JAR.equals(source.get("dataset")));
    if (named.isEmpty()) {
      throw new SettingException(
          where
              + ": --data says where a named data set lies, and this recipe names none. Change its"
              + " own paths with --set, as in --set data.train.folder=DIR.");
    }
    named.forEach(source -> source.put("folder", folder.toAbsolutePath().normalize().toString()));
    return new RecipeFile(changed, where);
  }

  /**
   * The recipe with its trunk's, or its loaded model's, weights from {@code file}.
   *
   * @param file a path, or {@code imagenet}
   * @throws SettingException when it has neither, or says that its trunk starts from scratch
   */
  public RecipeFile withWeights(String file) {
    Object model = root.get("model");
    if (model instanceof Map<?, ?> map && map.containsKey("trunk")) {
      if (map.get("trunk") instanceof Map<?, ?> trunk
          && trunk.containsKey("weights")
          && trunk.get("weights") == null) {
        throw new SettingException(
            where
                + ": --weights: this recipe's trunk starts from scratch (\"weights\": null). Leave"
                + " --weights out, or make it another recipe with --set model.trunk.weights=FILE.");
      }
      return with("model.trunk.weights=" + Json.compact(file));
    }
    if (model instanceof Map<?, ?> map && map.containsKey("load")) {
      return with("model.weights=" + Json.compact(file));
    }
    throw new SettingException(
        where
            + ": --weights is for a model with 'trunk' or 'load', and this recipe has neither."
            + " Leave it out.");
  }

  private static void sources(Map<String, Object> holder, List<Map<String, Object>> into) {
    if (holder.get("data") instanceof Map<?, ?> data) {
      for (String part : PARTS) {
        if (data.get(part) instanceof Map<?, ?> source) {
          into.add(map(source));
        }
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static void put(Object at, String path, Object value, String setting) {
    int dot = path.indexOf('.');
    String key = dot < 0 ? path : path.substring(0, dot);
    if (at instanceof List<?> list) {
      int index = key.matches("\\d{1,6}") ? Integer.parseInt(key) : -1;
      if (index < 0 || index >= list.size()) {
        throw new SettingException(
            "--set " + setting + ": '" + key + "' is no place in a list of " + list.size() + ".");
      }
      if (dot < 0) {
        ((List<Object>) list).set(index, value);
      } else {
        put(list.get(index), path.substring(dot + 1), value, setting);
      }
    } else if (at instanceof Map<?, ?> map) {
      if (dot < 0) {
        ((Map<String, Object>) map).put(key, value);
      } else {
        Object next = ((Map<String, Object>) map).computeIfAbsent(key, k -> new LinkedHashMap<>());
        put(next, path.substring(dot + 1), value, setting);
      }
    } else {
      throw new SettingException("--set " + setting + ": there is nothing below '" + at + "'.");
    }
  }

  /** The name of the run, or {@code run} while it is not known to be right. */
  public String name() {
    return root.get("name") instanceof String name && NAME.matcher(name).matches() ? name : "run";
  }

  /** The last part of {@code path} as a run's name: what a name may not hold becomes a dash. */
  public static String nameOf(Path path) {
    Path last = path.toAbsolutePath().normalize().getFileName();
    String clean = (last == null ? "" : last.toString()).replaceAll("[^A-Za-z0-9._-]", "-");
    String name = clean.matches("[A-Za-z0-9].*") ? clean : "run" + clean;
    return name.substring(0, Math.min(100, name.length()));
  }

  /** The recipe, to be read. */
  public Config config() {
    return Config.of(root, where);
  }

  /** The recipe as plain data. */
  public Map<String, Object> plain() {
    return copy(root);
  }

  private static void absolute(Map<String, Object> root, Path base) {
    if (root.get("model") instanceof Map<?, ?> model) {
      if (model.get("trunk") instanceof Map<?, ?> trunk
          && !"imagenet".equals(trunk.get("weights"))) {
        absolute(map(trunk), "weights", base);
      }
      for (String key : List.of("load", "graphdef", "weights")) {
        absolute(map(model), key, base);
      }
      if (model.get("graphdef") instanceof Map<?, ?> graph) {
        absolute(map(graph), "file", base);
      }
    }
    data(root, base);
    if (root.get("stages") instanceof List<?> stages) {
      for (Object stage : stages) {
        if (stage instanceof Map<?, ?> map) {
          data(map(map), base);
          absolute(map(map), "sample_weight", base);
          if (map.get("sample_weight") instanceof Map<?, ?> byOutput) {
            for (String output : List.copyOf(map(byOutput).keySet())) {
              absolute(map(byOutput), output, base);
            }
          }
        }
      }
    }
  }

  private static void data(Map<String, Object> holder, Path base) {
    List<Map<String, Object>> sources = new ArrayList<>();
    sources(holder, sources);
    sources.forEach(source -> SOURCE_PATHS.forEach(key -> absolute(source, key, base)));
  }

  /** Makes the text, or the texts of the list, under {@code key} absolute paths. */
  private static void absolute(Map<String, Object> map, String key, Path base) {
    Object value = map.get(key);
    if (value instanceof String text) {
      map.put(key, path(text, base));
    } else if (value instanceof List<?> list) {
      List<Object> paths = new ArrayList<>();
      list.forEach(item -> paths.add(item(item, base)));
      map.put(key, paths);
    }
  }

  /** A path of a list; of several inputs or targets a list has a map by their names. */
  private static Object item(Object item, Path base) {
    if (item instanceof Map<?, ?> byName) {
      Map<String, Object> paths = new LinkedHashMap<>(map(byName));
      paths.keySet().forEach(name -> absolute(paths, name, base));
      return paths;
    }
    return item instanceof String text ? path(text, base) : item;
  }

  private static String path(String text, Path base) {
    try {
      return base.resolve(text).normalize().toString();
    } catch (java.nio.file.InvalidPathException e) {
      throw new SettingException("'" + text + "' is no path: " + e.getReason() + ".", e);
    }
  }

  private static Map<String, Object> copy(Map<String, Object> plain) {
    Map<String, Object> copy = new LinkedHashMap<>();
    plain.forEach((key, value) -> copy.put(key, copyOf(value)));
    return copy;
  }

  private static Object copyOf(Object value) {
    if (value instanceof Map<?, ?> map) {
      return copy(map(map));
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(item -> copy.add(copyOf(item)));
      return copy;
    }
    return value;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object plain) {
    return (Map<String, Object>) plain;
  }
}
