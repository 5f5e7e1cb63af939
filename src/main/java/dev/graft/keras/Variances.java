package dev.graft.keras;

import dev.graft.layers.BatchNormalization;
import dev.graft.layers.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Towards which variance each BatchNormalization of a network moves, kept in Graft's note.
 *
 * <p>No Keras config says it: tf_keras moves towards the sample variance and Keras 3 towards the
 * population variance. A file in the words of the one may hold a network that trains as the other,
 * and Graft goes on with it as it was.
 */
final class Variances {
  /** Key of the layers in a {@code .h5} that train as in Keras 3. */
  private static final String POPULATION = "population_variance";

  /** Key of the layers in a {@code .keras} that train as in tf_keras. */
  private static final String SAMPLE = "sample_variance";

  private Variances() {}

  /** {@code graft} with the layers that do not train as the writer's generation does. */
  static Map<String, Object> noted(Map<String, Object> graft, Model model, int generation) {
    boolean sample = generation >= 3;
    List<String> odd =
        model
            .everyLayer()
            .filter(
                place ->
                    place.entry().layer() instanceof BatchNormalization norm
                        && norm.sampleVariance() == sample)
            .map(Model.Place::path)
            .toList();
    if (odd.isEmpty()) {
      return graft;
    }
    Map<String, Object> all = graft == null ? new LinkedHashMap<>() : new LinkedHashMap<>(graft);
    all.put(sample ? SAMPLE : POPULATION, odd);
    return all;
  }

  /** {@code graft} without what is kept for {@link #restored}; null when nothing is left. */
  static Map<String, Object> rest(Map<String, Object> graft) {
    if (graft == null) {
      return null;
    }
    Map<String, Object> rest = new LinkedHashMap<>(graft);
    rest.keySet().removeAll(List.of(POPULATION, SAMPLE));
    return rest.isEmpty() ? null : rest;
  }

  /** {@code model} as it was when Graft wrote the file. */
  static Model restored(Model model, Map<String, Object> graft) {
    if (graft == null) {
      return model;
    }
    Model now = model;
    for (String key : List.of(POPULATION, SAMPLE)) {
      if (graft.get(key) instanceof List<?> names) {
        now = with(now, "", Set.copyOf(names), key.equals(SAMPLE));
      }
    }
    return now;
  }

  private static Model with(Model model, String prefix, Set<?> names, boolean sample) {
    return model.map(
        entry -> {
          String name = prefix + entry.name();
          return entry.layer() instanceof BatchNormalization norm && names.contains(name)
              ? entry.with(norm.withSampleVariance(sample))
              : entry.inside(inner -> with(inner, name + "/", names, sample));
        });
  }
}
