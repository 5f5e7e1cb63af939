package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keras's cosine that begins again and again.
 *
 * @param steps of the first period
 * @param longer factor from one period to the next ({@code t_mul})
 * @param lower factor from one start to the next ({@code m_mul})
 * @param alpha share of the start that a period ends with
 */
public record CosineDecayRestarts(float start, float steps, float longer, float lower, float alpha)
    implements Schedule {
  static CosineDecayRestarts read(Config c) {
    return new CosineDecayRestarts(
        (float) c.number("initial_learning_rate"),
        (float) ExponentialDecay.positive(c, "first_decay_steps"),
        (float) c.number("t_mul", 2),
        (float) c.number("m_mul", 1),
        (float) c.number("alpha", 0));
  }

  @Override
  public float rate(long step) {
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
    return start * ((1 - alpha) * cosine + alpha);
  }

  @Override
  public Object config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("initial_learning_rate", start);
    config.put("first_decay_steps", steps);
    config.put("t_mul", longer);
    config.put("m_mul", lower);
    config.put("alpha", alpha);
    return Schedule.keras("CosineDecayRestarts", config);
  }
}
