package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Dropout: in training sets a share of the inputs to 0 and scales the rest up.
 *
 * @param rate the share dropped, 0 to 1
 * @param noiseShape sizes of the random mask, null where it takes the input's; null for all
 * @param seed or null
 */
public record Dropout(double rate, List<Integer> noiseShape, Integer seed) implements SameShape {
  static Dropout read(Config c) {
    return new Dropout(Numbers.share(c, "rate"), noise(c), Numbers.seed(c));
  }

  /** The setting {@code noise_shape}, or null. */
  static List<Integer> noise(Config c) {
    if (!c.has("noise_shape")) {
      return null;
    }
    List<Integer> sizes = new ArrayList<>();
    for (Config item : c.get("noise_shape").items()) {
      sizes.add(item.isNull() ? null : item.integer());
    }
    return Collections.unmodifiableList(sizes);
  }

  @Override
  public boolean random() {
    return rate > 0;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return Drops.drop(call, x, rate, noiseShape, seed);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rate", rate);
    config.put("seed", seed);
    config.put("noise_shape", noiseShape);
    return config;
  }
}
