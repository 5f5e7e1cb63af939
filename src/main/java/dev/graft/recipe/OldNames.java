package dev.graft.recipe;

import dev.graft.error.SettingException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keras 1's names of {@code fit}'s arguments, which Keras 2 understood. Source: {@code
 * keras/legacy/interfaces.py}, Keras 2.2.
 */
final class OldNames {
  /** Keras's batch size where none is given. */
  private static final long USUAL_BATCH = 32;

  private static final Map<String, String> NAMES =
      Map.of(
          "nb_epoch", "epochs",
          "samples_per_epoch", "steps_per_epoch",
          "nb_val_samples", "validation_steps",
          "val_samples", "validation_steps");

  private OldNames() {}

  /**
   * {@code stage} with Keras 2's names. A number of samples an epoch becomes a number of whole
   * batches; a number of validation samples is taken for a number of batches, as Keras 2 did, and
   * ends with the data.
   *
   * @param where the stage's place, for messages
   * @param before the stage it inherits from, whose batch size counts where it has none
   */
  static Map<String, Object> replaced(
      Map<String, Object> stage, String where, Map<String, Object> before) {
    Map<String, Object> replaced = new LinkedHashMap<>();
    stage.forEach(
        (key, value) -> {
          String name = NAMES.getOrDefault(key, key);
          Object mapped =
              key.equals("samples_per_epoch") ? batches(value, batchSize(stage, before)) : value;
          if (replaced.put(name, mapped) != null) {
            throw new SettingException(
                where + ": '" + name + "' is there twice, once by an old name. Keep one.");
          }
        });
    return replaced;
  }

  private static Object batchSize(Map<String, Object> stage, Map<String, Object> before) {
    return stage.getOrDefault("batch_size", before.getOrDefault("batch_size", USUAL_BATCH));
  }

  /** What is no number stays as it is, for whoever reads it to refuse. */
  private static Object batches(Object samples, Object batch) {
    return samples instanceof Number n && batch instanceof Number b && b.longValue() > 0
        ? Math.max(1, n.longValue() / b.longValue())
        : samples;
  }
}
