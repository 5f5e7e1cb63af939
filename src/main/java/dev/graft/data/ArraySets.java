package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.files.Hdf5File;
import dev.graft.files.NpzFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Data sets of arrays: {@code .npy}, {@code .npz} and HDF5.
 *
 * <p>Several inputs or targets are given as {@code {NAME: array}}, by the names of the model's
 * inputs and outputs.
 */
final class ArraySets {
  private ArraySets() {}

  /** {@code {"npy": [x, y]}}; y may be absent. */
  static Dataset npy(Config source, Context context) {
    List<Config> pair = source.get("npy").items();
    if (pair.isEmpty() || pair.size() > 2) {
      throw source.get("npy").wrong("[x, y]");
    }
    Function<String, Stored> read = text -> Stored.npy(context.path(text));
    Map<String, String> x = names(pair.get(0));
    Map<String, String> y = pair.size() == 2 ? names(pair.get(1)) : Map.of();
    return of(x.values().iterator().next(), all(x, read), all(y, read), context);
  }

  /**
   * {@code {"npz": FILE, "x", "y"}}. Without names: {@code x} and {@code y}, or Keras's {@code
   * x_train} and its like, or the first two arrays as {@code numpy.savez} names them.
   */
  static Dataset npz(Config source, Context context) {
    Path path = context.path(source.string("npz"));
    try (NpzFile file = NpzFile.open(path)) {
      List<String> names = file.names();
      Function<String, Stored> read =
          name -> {
            known(path, name, names);
            return Stored.of(path + ": '" + name + "'", file.array(name));
          };
      return of(
          path.toString(),
          all(chosen(source, "x", usual("x", context), names), read),
          all(chosen(source, "y", usual("y", context), names), read),
          context);
    }
  }

  /** {@code {"hdf5": FILE, "x", "y"}}. Without names: as for npz, or as {@code graft features}. */
  static Dataset hdf5(Config source, Context context) {
    Path path = context.path(source.string("hdf5"));
    try (Hdf5File file = Hdf5File.open(path)) {
      List<String> names = List.copyOf(file.root().datasets().keySet());
      Function<String, Stored> read =
          name ->
              Stored.hdf5(
                  path + ": '" + name + "'",
                  file.root().findDataset(name).orElseThrow(() -> unknown(path, name, names)));
      return of(
          path.toString(),
          all(chosen(source, "x", usual("x", context), names), read),
          all(chosen(source, "y", usual("y", context), names), read),
          context);
    }
  }

  private static List<String> usual(String key, Context context) {
    String part =
        switch (context.role()) {
          case TRAIN -> "train";
          case VALIDATION -> "val";
          case TEST -> "test";
        };
    return key.equals("x")
        ? List.of("x", "x_" + part, "features", "arr_0")
        : List.of("y", "y_" + part, "labels", "arr_1");
  }

  /** Names under {@code key}, or the first usual one that is there; of y, none may be there. */
  private static Map<String, String> chosen(
      Config source, String key, List<String> usual, List<String> there) {
    if (source.has(key)) {
      return names(source.get(key));
    }
    for (String name : usual) {
      if (there.contains(name)) {
        return Map.of("", name);
      }
    }
    if (key.equals("y")) {
      return Map.of();
    }
    throw new DataException(
        source.where()
            + ": which array is the input? Set 'x' to one of "
            + String.join(", ", there)
            + ".");
  }

  /** One text, or texts by name. */
  private static Map<String, String> names(Config value) {
    if (!value.isObject()) {
      return Map.of("", value.string());
    }
    Map<String, String> names = new LinkedHashMap<>();
    value.keys().forEach(key -> names.put(key, value.string(key)));
    if (names.isEmpty()) {
      throw value.wrong("a name, or {NAME: array}");
    }
    return names;
  }

  private static Map<String, Stored> all(Map<String, String> names, Function<String, Stored> read) {
    Map<String, Stored> all = new LinkedHashMap<>();
    names.forEach((name, array) -> all.put(name, read.apply(array)));
    return all;
  }

  private static Dataset of(
      String name, Map<String, Stored> x, Map<String, Stored> y, Context context) {
    List<Dataset.Input> inputs = new ArrayList<>();
    x.forEach((key, stored) -> inputs.add(new Dataset.Input(key, stored.input())));
    List<Dataset.Output> targets = new ArrayList<>();
    List<String> classes = List.of();
    for (Map.Entry<String, Stored> entry : y.entrySet()) {
      Labelling labelling = entry.getValue().labels(context);
      targets.add(new Dataset.Output(entry.getKey(), labelling.target()));
      classes = labelling.classes();
    }
    // Class names are those of a single target: of several, each has its own.
    return Dataset.all(name, inputs, targets, targets.size() == 1 ? classes : List.of());
  }

  private static void known(Path path, String name, List<String> names) {
    if (!names.contains(name)) {
      throw unknown(path, name, names);
    }
  }

  private static DataException unknown(Path path, String name, List<String> names) {
    return new DataException(path + ": has no array '" + name + "'." + Nearest.hint(name, names));
  }
}
