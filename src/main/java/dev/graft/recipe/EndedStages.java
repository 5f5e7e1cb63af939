package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What stages came to, kept beside the checkpoints: a resumed run says it as if it had not died.
 */
record EndedStages(Path file) {
  /**
   * What a stage came to.
   *
   * @param seconds it took
   * @param test its figures on the test data; empty when it was not tested
   */
  record Ended(double seconds, Map<String, Double> test) {
    /** Copies the figures. */
    Ended {
      test = new LinkedHashMap<>(test);
    }
  }

  /** The stages before {@code current} by number; none where the file is not there. */
  Map<Integer, Ended> before(int current) {
    Map<Integer, Ended> all = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return all;
    }
    Config stages = Config.read(file);
    for (String index : stages.keys()) {
      Config stage = stages.get(index);
      Map<String, Double> test = new LinkedHashMap<>();
      Config figures = stage.get("test");
      figures.keys().forEach(name -> test.put(name, figure(figures.get(name))));
      if (Integer.parseInt(index) < current) {
        all.put(Integer.parseInt(index), new Ended(stage.number("seconds"), test));
      }
    }
    return all;
  }

  /** JSON has no NaN and no infinities, which are written as texts. */
  private static double figure(Config value) {
    return value.isString() ? Double.parseDouble(value.string()) : value.number();
  }

  /** Notes stage {@code index}, after those before it. */
  void add(int index, Ended ended) {
    Map<String, Object> all = new LinkedHashMap<>();
    before(index).forEach((i, e) -> all.put(Integer.toString(i), plain(e)));
    all.put(Integer.toString(index), plain(ended));
    try {
      // A stage of no epochs has no checkpoint.
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new DataException(file.getParent() + ": cannot be made: " + e.getMessage() + ".", e);
    }
    AtomicFiles.string(file, Json.pretty(all));
  }

  private static Map<String, Object> plain(Ended ended) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("seconds", ended.seconds());
    plain.put("test", ended.test());
    return plain;
  }
}
