package dev.graft.keras;

import dev.graft.error.MalformedFileException;
import dev.graft.layers.KerasObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code training_config} (Keras 1 and 2, {@code .h5}) and {@code compile_config} ({@code
 * .keras}) into {@link CompileSettings}. Source: tf_keras 2.18 saving/legacy/saving_utils.py, Keras
 * 3.15 trainers/trainer.py.
 */
final class CompileReader {
  /** Settings that do not change what an optimizer computes. */
  private static final Set<String> MEANINGLESS =
      Set.of("jit_compile", "is_legacy_optimizer", "ema_momentum", "ema_overwrite_frequency");

  /** tf_keras writes the metric that it chose for {@code "accuracy"}. */
  private static final Set<String> ACCURACIES =
      Set.of("binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy");

  private CompileReader() {}

  /** The settings in {@code config}; null when it says that the network was not compiled. */
  static CompileSettings read(Map<String, Object> config, String where) {
    if (config.isEmpty()) {
      return null;
    }
    Object given = config.getOrDefault("optimizer_config", config.get("optimizer"));
    if (given == null) {
      // What Keras compiles with when it is told none; saving a .h5 makes Keras 3 forget it.
      given = "RMSprop";
    }
    if (given instanceof String name) {
      given = KerasObject.of(name, Map.of());
    }
    if (!(given instanceof Map<?, ?> optimizer)
        || !(optimizer.get("class_name") instanceof String className)
        || !(optimizer.get("config") instanceof Map<?, ?> settings)) {
      throw new MalformedFileException(
          where + ": expected an optimizer with class_name and config, came " + given + ".");
    }
    return new CompileSettings(
        className.substring(className.lastIndexOf('>') + 1),
        optimizer(Dialect.text(settings)),
        modern(config.get("loss")),
        modern(config.get("metrics")),
        modern(config.get("weighted_metrics")),
        config.get("loss_weights"));
  }

  private static Map<String, Object> optimizer(Map<String, Object> raw) {
    Map<String, Object> config = new LinkedHashMap<>();
    boolean ema = Boolean.TRUE.equals(raw.get("use_ema"));
    raw.forEach(
        (key, value) -> {
          boolean off = value == null || value.equals(false);
          boolean idle = MEANINGLESS.contains(key) && !(ema && key.startsWith("ema_"));
          if (!off && !idle) {
            config.put(key.equals("lr") ? "learning_rate" : key, modern(value));
          }
        });
    decay(config);
    if (config.get("schedule_decay") instanceof Number decay && decay.doubleValue() == 0.004) {
      // Keras 1's and 2's Nadam took this as a setting; it is a constant now.
      config.remove("schedule_decay");
    }
    return config;
  }

  /** Keras 1's and 2's {@code decay} is a schedule now: rate / (1 + decay · step). */
  private static void decay(Map<String, Object> config) {
    Object decay = config.remove("decay");
    if (decay instanceof Number number && number.doubleValue() != 0) {
      Map<String, Object> schedule = new LinkedHashMap<>();
      schedule.put("initial_learning_rate", config.get("learning_rate"));
      schedule.put("decay_steps", 1);
      schedule.put("decay_rate", number);
      config.put("learning_rate", KerasObject.of("InverseTimeDecay", schedule));
    }
  }

  /** Losses, metrics and schedules without what only Python needs. */
  private static Object modern(Object value) {
    if (value instanceof List<?> list) {
      List<Object> result = new ArrayList<>();
      list.forEach(item -> result.add(modern(item)));
      return result;
    }
    if (!(value instanceof Map<?, ?> raw)) {
      return value;
    }
    Map<String, Object> map = Dialect.text(raw);
    if (!(map.get("class_name") instanceof String className)) {
      map.replaceAll((key, item) -> modern(item));
      return map;
    }
    if (className.equals("function")) {
      return map.get("config");
    }
    Map<String, Object> config =
        map.get("config") instanceof Map<?, ?> settings
            ? Dialect.text(settings)
            : new LinkedHashMap<>();
    config.replaceAll((key, item) -> modern(item));
    if (className.equals("MeanMetricWrapper")) {
      return metric(config);
    }
    config.remove("dtype");
    config.remove("fn");
    if ("auto".equals(config.get("reduction"))) {
      config.put("reduction", "sum_over_batch_size");
    }
    return KerasObject.of(className.substring(className.lastIndexOf('>') + 1), config);
  }

  /** The name under which a metric was asked for, where tf_keras wrote what it made of it. */
  private static Object metric(Map<String, Object> config) {
    Object fn = config.get("fn");
    if (config.get("name") instanceof String name && ACCURACIES.contains(fn)) {
      for (String word : List.of("accuracy", "acc")) {
        if (!name.equals(fn) && (name.equals(word) || name.endsWith("_" + word))) {
          return word;
        }
      }
    }
    return fn;
  }
}
