package dev.graft.recipe;

import dev.graft.keras.LoadOptions;
import dev.graft.keras.LoadReport;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the first values of a model's weights come from.
 *
 * @param file a Keras file, or null to initialise everything
 * @param options what may be left out
 */
public record WeightPlan(Path file, LoadOptions options) {
  /** All weights from their initializers. */
  public static WeightPlan initialise() {
    return new WeightPlan(null, LoadOptions.strict());
  }

  /** Finds a partner for every tensor without reading values: an error now, not in an hour. */
  public LoadReport check(Model model) {
    if (file == null) {
      return new LoadReport("", List.of());
    }
    try (WeightFile weights = WeightFile.open(file)) {
      return WeightMatch.of(model, weights, options).report();
    }
  }

  /** Gives every weight of {@code network} its first value. */
  public void into(Network network, long seed) {
    Map<String, Model.Variable> variables = new HashMap<>();
    network.model().variables().forEach(v -> variables.put(v.name(), v));
    if (file == null) {
      network.initialize(seed);
      return;
    }
    try (WeightFile weights = WeightFile.open(file)) {
      network.assign(
          WeightMatch.of(network.model(), weights, options)
              .store(name -> Network.initial(variables.get(name), seed)));
    }
  }
}
