package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keras's cosine from a rate down to {@code alpha} times that rate, after an optional warm-up along
 * a line.
 *
 * @param target where the warm-up ends, or null for none
 */
public record CosineDecay(float start, float steps, float alpha, Float target, float warmup)
    implements Schedule {
  static CosineDecay read(Config c) {
    return new CosineDecay(
        (float) c.number("initial_learning_rate"),
        (float) ExponentialDecay.positive(c, "decay_steps"),
        (float) c.number("alpha", 0),
        c.has("warmup_target") ? (Float) (float) c.number("warmup_target") : null,
        (float) c.number("warmup_steps", 0));
  }

  @Override
  public float rate(long step) {
    if (target == null) {
      return decayed(Math.min((float) step, steps), start);
    }
    float at = Math.min((float) step, steps + warmup);
    return at < warmup ? (target - start) * (at / warmup) + start : decayed(at - warmup, target);
  }

  private float decayed(float at, float from) {
    float cosine = 0.5f * (1 + (float) Math.cos((float) Math.PI * (at / steps)));
    return from * ((1 - alpha) * cosine + alpha);
  }

  @Override
  public Object config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("initial_learning_rate", start);
    config.put("decay_steps", steps);
    config.put("alpha", alpha);
    config.put("warmup_target", target);
    config.put("warmup_steps", warmup);
    return Schedule.keras("CosineDecay", config);
  }
}
