package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.keras.LoadOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensors of a weights file or of a model may stay without a partner: the keys {@code
 * by_name}, {@code skip_mismatch}, {@code map} and {@code allow_nan} beside {@code weights}.
 */
final class Matching {
  private static final List<String> KEYS = List.of("by_name", "skip_mismatch", "map", "allow_nan");

  private Matching() {}

  /** What {@code holder} says; strict when it says nothing. */
  static LoadOptions read(Config holder) {
    Map<String, String> renames = new LinkedHashMap<>();
    if (holder.has("map")) {
      Config map = holder.get("map");
      if (!map.isObject()) {
        throw map.wrong("{\"layer of the file\": \"layer of the model\"}");
      }
      map.keys().forEach(old -> renames.put(old, map.string(old)));
    }
    return LoadOptions.strict()
        .withByName(holder.flag("by_name", false))
        .withSkipMismatch(holder.flag("skip_mismatch", false))
        .withRenames(renames)
        .withNan(holder.flag("allow_nan", false));
  }

  /** Refuses such keys where no weights are loaded. */
  static void none(Config holder) {
    for (String key : KEYS) {
      if (holder.has(key)) {
        throw new SettingException(
            holder.where(key)
                + ": no weights are loaded here, so it would say nothing. Remove it.");
      }
    }
  }
}
