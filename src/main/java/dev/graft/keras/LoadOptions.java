package dev.graft.keras;

import dev.graft.layers.Model;
import java.util.Map;
import java.util.Set;

/**
 * What may be left out when weights are loaded. Immutable.
 *
 * @param byName layers that only the model or only the file has are passed over, as Keras's {@code
 *     by_name=True}
 * @param skipMismatch tensors of another shape are passed over, as Keras's {@code
 *     skip_mismatch=True}
 * @param renames the model's layer name for a layer name of the file
 * @param whole the model the file was saved from, when the model to load is cut from it; or null
 * @param fresh layers that are new, such as a head, and take nothing from the file
 * @param allowNan values that are NaN or infinite are loaded; they are refused otherwise
 */
public record LoadOptions(
    boolean byName,
    boolean skipMismatch,
    Map<String, String> renames,
    Model whole,
    Set<String> fresh,
    boolean allowNan) {
  /** Copies its collections. */
  public LoadOptions {
    renames = Map.copyOf(renames);
    fresh = Set.copyOf(fresh);
  }

  /** Every tensor of the model and of the file must find its partner. */
  public static LoadOptions strict() {
    return new LoadOptions(false, false, Map.of(), null, Set.of(), false);
  }

  /** These options, with layers that have no partner passed over. */
  public LoadOptions withByName(boolean on) {
    return new LoadOptions(on, skipMismatch, renames, whole, fresh, allowNan);
  }

  /** These options, with tensors of another shape passed over. */
  public LoadOptions withSkipMismatch(boolean on) {
    return new LoadOptions(byName, on, renames, whole, fresh, allowNan);
  }

  /** These options, with layers of the file known to the model under other names. */
  public LoadOptions withRenames(Map<String, String> fileToModel) {
    return new LoadOptions(byName, skipMismatch, fileToModel, whole, fresh, allowNan);
  }

  /** These options, with layers of {@code whole} that the model lacks passed over. */
  public LoadOptions cutFrom(Model whole) {
    return new LoadOptions(byName, skipMismatch, renames, whole, fresh, allowNan);
  }

  /** These options, with the layers of these names initialised. */
  public LoadOptions withFresh(Set<String> layers) {
    return new LoadOptions(byName, skipMismatch, renames, whole, layers, allowNan);
  }

  /** These options, with values that are no numbers loaded or refused. */
  public LoadOptions withNan(boolean allowed) {
    return new LoadOptions(byName, skipMismatch, renames, whole, fresh, allowed);
  }
}
