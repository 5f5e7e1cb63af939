package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import dev.graft.layers.KerasObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes {@link CompileSettings} as {@code training_config} and as {@code compile_config}. */
final class CompileWriter {
  /**
   * The optimizers that tf_keras had before 2.11 and that compute what today's do. RMSprop without
   * momentum adds its epsilon after the root instead of before; Nadam is another.
   */
  private static final Set<String> OLDER =
      Set.of("SGD", "RMSprop", "Adam", "Adadelta", "Adagrad", "Adamax", "Ftrl");

  /** Settings that those do not take; they say nothing here. */
  private static final List<String> NEWER =
      List.of("weight_decay", "use_ema", "ema_momentum", "ema_overwrite_frequency");

  private static final Map<String, String> LONG_NAMES =
      Map.of(
          "mse", "mean_squared_error",
          "mae", "mean_absolute_error",
          "mape", "mean_absolute_percentage_error",
          "msle", "mean_squared_logarithmic_error",
          "bce", "binary_crossentropy",
          "kld", "kl_divergence",
          "kullback_leibler_divergence", "kl_divergence",
          "huber_loss", "huber",
          "logcosh", "log_cosh");

  private CompileWriter() {}

  /**
   * What a whole-model {@code .h5} holds, in words that tf_keras and Keras 3 read.
   *
   * @param newer whether it says that tf_keras is to take today's optimizers, see {@link #newer}
   */
  static Map<String, Object> keras2(CompileSettings settings, boolean newer) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("loss", losses(things(settings.loss(), "")));
    config.put("metrics", things(settings.metrics(), ""));
    config.put("weighted_metrics", things(settings.weightedMetrics(), ""));
    config.put("loss_weights", settings.lossWeights());
    config.put(
        "optimizer_config",
        KerasObject.of(
            settings.optimizer(), known(settings.optimizer(), settings.optimizerConfig(), newer)));
    return config;
  }

  /** Keras 3 finds short names of losses in no {@code .h5}. */
  private static Object losses(Object value) {
    if (value instanceof String name) {
      return LONG_NAMES.getOrDefault(name.toLowerCase(Locale.ROOT), name);
    }
    if (value instanceof List<?> list) {
      List<Object> result = new ArrayList<>();
      list.forEach(item -> result.add(losses(item)));
      return result;
    }
    if (value instanceof Map<?, ?> raw && !raw.containsKey("class_name")) {
      Map<String, Object> byOutput = Dialect.text(raw);
      byOutput.replaceAll((output, loss) -> losses(loss));
      return byOutput;
    }
    return value;
  }

  /**
   * Whether a {@code .h5} has to say that tf_keras is to take its optimizers of 2.11 and later.
   * Without the word it takes those of before, which compute the same, but know neither the state
   * of today's nor all their settings; with it Keras 3 does not compile. No word pleases both.
   */
  static boolean newer(CompileSettings settings, boolean state) {
    Map<String, Object> config = settings.optimizerConfig();
    return state
        || !OLDER.contains(settings.optimizer())
        || config.get("weight_decay") != null
        || Boolean.TRUE.equals(config.get("use_ema"));
  }

  /**
   * The optimizer's settings without those that tf_keras does not take; they say nothing.
   *
   * @throws UnsupportedException when one does say something
   */
  private static Map<String, Object> known(
      String optimizer, Map<String, Object> settings, boolean newer) {
    Map<String, Object> config = new LinkedHashMap<>(optimizer(settings));
    if (newer) {
      config.put("is_legacy_optimizer", false);
    } else {
      NEWER.forEach(config::remove);
    }
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
        KerasObject.of(
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
        ? KerasObject.of(className, Dialect.text(config))
        : KerasObject.of(module, className, Dialect.text(config));
  }
}
