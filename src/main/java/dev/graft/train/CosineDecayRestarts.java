package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keras's cosine that begins again and again; besides, after a warm-up along a line as {@link
 * CosineDecay} has it, which Keras does not offer here.
 *
 * @param steps of the first period
 * @param longer factor from one period to the next ({@code t_mul})
 * @param lower factor from one start to the next ({@code m_mul})
 * @param alpha share of the start that a period ends with
 * @param target where the warm-up ends and the first period begins, or null for no warm-up
 * @param warmup its steps
 */
public record CosineDecayRestarts(
    float start, float steps, float longer, float lower, float alpha, Float target, float warmup)
    implements Schedule {
  static CosineDecayRestarts read(Config c) {
    return new CosineDecayRestarts(
        (float) c.number("initial_learning_rate"),
        (float) ExponentialDecay.positive(c, "first_decay_steps"),
        (float) c.number("t_mul", 2),
        (float) c.number("m_mul", 1),
        (float) c.number("alpha", 0),
        c.has("warmup_target") ? (Float) (float) c.number("warmup_target") : null,
        (float) c.number("warmup_steps", 0));
  }

  @Override
  public float rate(long step) {
    if (target == null) {
      return restarted((float) step, start);
    }
    float at = (float) step;
    return at < warmup ? (target - start) * (at / warmup) + start : restarted(at - warmup, target);
  }

  private float restarted(float step, float from) {
    float done = step / steps;
    float restarts;
    if (longer == 1) {
      restarts = (float) Math.floor(done);
      done -= restarts;
    } else {
      restarts =
          (float) Math.floor((float) Math.log(1 - done * (1 - longer)) / (float) Math.log(longer));
      float power = (float) Math.pow(longer, restarts);
      done = (done - (1 - power) / (1 - longer)) / power;
    }
    float factor = (float) Math.pow(lower, restarts);
    float cosine = 0.5f * factor * (1 + (float) Math.cos((float) Math.PI * done));
    return from * ((1 - alpha) * cosine + alpha);
  }

  @Override
  public Object config() {
    if (target != null) {
      return (double) start;
    }
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("initial_learning_rate", start);
    config.put("first_decay_steps", steps);
    config.put("t_mul", longer);
    config.put("m_mul", lower);
    config.put("alpha", alpha);
    return Schedule.keras("CosineDecayRestarts", config);
  }
}
