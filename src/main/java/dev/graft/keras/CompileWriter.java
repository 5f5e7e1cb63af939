package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@link CompileSettings} as {@code training_config} and as {@code compile_config}. */
final class CompileWriter {
  private CompileWriter() {}

  /**
   * What a whole-model {@code .h5} holds, in words that tf_keras reads.
   *
   * @param newer when Keras 3 alone opens the file
   */
  static Map<String, Object> h5(CompileSettings settings, boolean newer) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("loss", things(settings.loss(), ""));
    config.put("metrics", things(settings.metrics(), ""));
    config.put("weighted_metrics", things(settings.weightedMetrics(), ""));
    config.put("loss_weights", settings.lossWeights());
    config.put(
        "optimizer_config",
        CompileSettings.thing(
            settings.optimizer(),
            newer
                ? optimizer(settings.optimizerConfig())
                : known(settings.optimizer(), settings.optimizerConfig())));
    return config;
  }

  /**
   * The optimizer's settings without those that tf_keras does not take; they say nothing.
   *
   * @throws UnsupportedException when one does say something
   */
  private static Map<String, Object> known(String optimizer, Map<String, Object> settings) {
    Map<String, Object> config = new LinkedHashMap<>(optimizer(settings));
    // Without this tf_keras takes its optimizers of before 2.11.
    config.put("is_legacy_optimizer", false);
    for (String name : List.of("loss_scale_factor", "gradient_accumulation_steps")) {
      if (config.remove(name) != null) {
        throw new UnsupportedException(
            "optimizer "
                + optimizer
                + ": tf_keras has no "
                + name
                + ", so that a .h5 cannot say it. Write a .keras archive.");
      }
    }
    return config;
  }

  /** What a {@code .keras} archive holds. */
  static Map<String, Object> keras3(CompileSettings settings) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put(
        "optimizer",
        Keras3Config.object(
            "keras.optimizers", settings.optimizer(), optimizer(settings.optimizerConfig())));
    config.put("loss", things(settings.loss(), "keras.losses"));
    config.put("loss_weights", settings.lossWeights());
    config.put("metrics", things(settings.metrics(), "keras.metrics"));
    config.put("weighted_metrics", things(settings.weightedMetrics(), "keras.metrics"));
    config.put("run_eagerly", false);
    config.put("steps_per_execution", 1);
    config.put("jit_compile", false);
    return config;
  }

  private static Map<String, Object> optimizer(Map<String, Object> settings) {
    Map<String, Object> config = new LinkedHashMap<>(settings);
    config.replaceAll(
        (key, value) ->
            key.equals("learning_rate") ? things(value, "keras.optimizers.schedules") : value);
    return config;
  }

  /** {@code value} with every thing in it from {@code module}; Keras 2 does without modules. */
  private static Object things(Object value, String module) {
    if (value instanceof List<?> list) {
      List<Object> result = new ArrayList<>();
      list.forEach(item -> result.add(things(item, module)));
      return result;
    }
    if (!(value instanceof Map<?, ?> raw)) {
      return value;
    }
    Map<String, Object> map = Dialect.text(raw);
    if (!(map.get("class_name") instanceof String className)
        || !(map.get("config") instanceof Map<?, ?> config)) {
      map.replaceAll((key, item) -> things(item, module));
      return map;
    }
    return module.isEmpty()
        ? CompileSettings.thing(className, Dialect.text(config))
        : Keras3Config.object(module, className, Dialect.text(config));
  }
}
