package dev.graft.advise;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a linear probe found at one depth.
 *
 * @param layer whose output was probed; {@code pixels} for the pictures themselves
 * @param depth 0 for the pictures, 1 for the last layer
 * @param features how many numbers an example had
 * @param accuracy share of held-out examples told right
 * @param error standard error of that share
 */
public record Measurement(String layer, double depth, int features, double accuracy, double error) {
  /** The name of the probe of the pictures themselves. */
  public static final String PIXELS = "pixels";

  /** True when this is surely better than {@code other}: by more than two standard errors. */
  boolean beats(double other) {
    return accuracy - other > 2 * error;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("layer", layer);
    json.put("depth", depth);
    json.put("features", features);
    json.put("accuracy", accuracy);
    json.put("error", error);
    return json;
  }
}
